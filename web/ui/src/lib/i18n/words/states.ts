import { bilingual } from '../bilingual';

/** What a picture is at this moment; docs/design-language.md gives each its shape and colour. */
export const states = bilingual(
  {
    live: 'TRỰC TIẾP',
    late: (seconds: string) => `TRỄ ${seconds} giây`,
    delayed: (length: string) => `ĐANG PHÁT CHẬM ${length}`,
    frozen: 'ĐỨNG HÌNH',
    looped: 'HÌNH LẶP LẠI',
    noLink: 'MẤT TÍN HIỆU',
    connecting: 'ĐANG NỐI',
    alarm: 'CẢNH BÁO',
    selected: 'ĐANG CHỌN',
    cause: {
      power: 'mất điện tại điểm lắp đặt',
      link: 'mất đường truyền',
      authentication: 'sai mật khẩu thiết bị',
      format: 'luồng hình không đọc được',
      stalled: 'đã nối nhưng không có hình',
      unknown: 'chưa rõ nguyên nhân',
    },
  },
  {
    live: 'LIVE',
    late: (seconds: string) => `LATE ${seconds} s`,
    delayed: (length: string) => `SHOWN ${length} LATER`,
    frozen: 'FROZEN',
    looped: 'LOOPED',
    noLink: 'NO LINK',
    connecting: 'CONNECTING',
    alarm: 'ALARM',
    selected: 'SELECTED',
    cause: {
      power: 'power is off at the site',
      link: 'the link is down',
      authentication: 'wrong device password',
      format: 'the stream cannot be read',
      stalled: 'connected, but no picture',
      unknown: 'cause not known yet',
    },
  },
);
