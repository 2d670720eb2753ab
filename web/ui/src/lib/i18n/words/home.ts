import { bilingual } from '../bilingual';

export const home = bilingual(
  {
    greeting: (name: string) => `Xin chào, ${name}`,
    emptyTitle: 'Hệ thống chưa có camera nào',
    nextTitle: 'Việc cần làm tiếp',
    doneTitle: 'Tình trạng hiện nay',
    steps: {
      accounts: 'Tạo tài khoản cho mọi người',
      accountsWhy:
        'Quản trị an toàn thông tin không bao giờ được xem hình. Hãy tạo tài khoản cho trực ban, kỹ thuật viên và những người khác.',
      discover: 'Tìm camera trên mạng',
      discoverWhy: 'Vọng hỏi mạng nội bộ có thiết bị ONVIF nào; chưa thay đổi gì trên thiết bị.',
      import: 'Nhập nhiều camera từ tệp CSV',
      importWhy: 'Dùng khi đã có danh sách. Chạy thử trước: từng dòng sai sẽ được chỉ rõ.',
      wall: 'Mở tường camera',
      wallWhy: 'Xếp camera vào 1, 4, 9 hoặc 16 ô; mỗi ô nói rõ hình có đang trực tiếp không.',
      alarms: 'Xem cảnh báo',
      alarmsWhy: 'Chuyển động và che khuất camera, kèm ảnh chụp.',
    },
    waitForTechnician:
      'Chưa có camera nào bạn được xem. Kỹ thuật viên cần đăng ký camera, hoặc quản trị viên cần cấp quyền cho bạn.',
    passwordExpires: (date: string) => `Mật khẩu của bạn hết hạn ngày ${date}.`,
    notBuilt: 'Chưa có trong phiên bản này',
    cameras: 'Camera được thấy',
    live: 'Có hình mới',
    frozen: 'Đứng hình',
    down: 'Mất tín hiệu',
    workers: 'Tiến trình xử lý hình',
  },
  {
    greeting: (name: string) => `Welcome, ${name}`,
    emptyTitle: 'There is no camera yet',
    nextTitle: 'What to do next',
    doneTitle: 'The state now',
    steps: {
      accounts: 'Create accounts for everyone',
      accountsWhy:
        'The security administrator never sees pictures. Create accounts for duty officers, technicians and everyone else.',
      discover: 'Find cameras on the network',
      discoverWhy: 'Vọng asks the local network for ONVIF devices; nothing changes on any device.',
      import: 'Import many cameras from a CSV file',
      importWhy: 'For when there is a list. Try it dry first: each wrong line is named.',
      wall: 'Open the camera wall',
      wallWhy: 'Put cameras on 1, 4, 9 or 16 tiles; each tile says whether its picture is live.',
      alarms: 'See the alarms',
      alarmsWhy: 'Motion and covered cameras, with a snapshot.',
    },
    waitForTechnician:
      'There is no camera yet that you may see. A technician must register cameras, or an administrator give you a role.',
    passwordExpires: (date: string) => `Your password expires on ${date}.`,
    notBuilt: 'Not in this version',
    cameras: 'Cameras in view',
    live: 'With a new picture',
    frozen: 'Frozen',
    down: 'No link',
    workers: 'Media workers',
  },
);
