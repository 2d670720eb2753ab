import { bilingual } from '../bilingual';

export const secondFactor = bilingual(
  {
    codeTitle: 'Mã xác thực',
    codeIntro:
      'Mở ứng dụng xác thực trên điện thoại và nhập mã 6 chữ số của Vọng. Không có điện thoại: nhập một mã dự phòng.',
    code: 'Mã 6 chữ số hoặc mã dự phòng',
    give: 'Tiếp tục',
    title: 'Xác thực hai lớp',
    mustEnrol:
      'Vai trò của bạn bắt buộc dùng xác thực hai lớp: ngoài mật khẩu còn có mã đổi mỗi 30 giây trên điện thoại.',
    scan: 'Quét hình này bằng ứng dụng xác thực trên điện thoại (không cần Internet).',
    qr: 'Mã QR để quét bằng ứng dụng xác thực',
    secret: 'Không quét được: nhập khóa này vào ứng dụng',
    confirmCode: 'Mã 6 chữ số mà ứng dụng đang hiện',
    confirm: 'Xác nhận mã',
    recoveryTitle: 'Mã dự phòng',
    recovery:
      'Mỗi mã dùng được một lần khi không có điện thoại. Các mã chỉ hiện lần này: hãy in hoặc chép ra giấy và cất kỹ.',
    print: 'In các mã',
    kept: 'Tôi đã cất các mã',
    on: 'Đang bật.',
    off: 'Chưa bật.',
    setUp: 'Cài đặt xác thực hai lớp',
    replace: 'Thay ứng dụng hoặc điện thoại',
    presentCode: 'Mã hiện tại (để thay)',
    done: 'Đã bật xác thực hai lớp.',
  },
  {
    codeTitle: 'Authentication code',
    codeIntro:
      'Open the authenticator on your phone and enter the six digits for Vọng. Without the phone: enter a recovery code.',
    code: 'Six digits, or a recovery code',
    give: 'Go on',
    title: 'Second factor',
    mustEnrol:
      'Your role needs a second factor: besides the password, a code on your phone that changes every 30 seconds.',
    scan: 'Scan this picture with an authenticator on your phone (no Internet needed).',
    qr: 'QR code for the authenticator',
    secret: 'If it cannot be scanned, type this key into the authenticator',
    confirmCode: 'The six digits that the authenticator shows now',
    confirm: 'Confirm the code',
    recoveryTitle: 'Recovery codes',
    recovery:
      'Each is good once, when the phone is not at hand. They are shown only now: print them or write them down, and keep them safe.',
    print: 'Print the codes',
    kept: 'I have kept the codes',
    on: 'It is on.',
    off: 'It is off.',
    setUp: 'Set up the second factor',
    replace: 'Change authenticator or phone',
    presentCode: 'The present code (to replace it)',
    done: 'The second factor is on.',
  },
);
