"""What states, acts, stages and checks are called on Vietnamese papers. A test sees to it that nothing is without a word."""

from collections.abc import Mapping
from types import MappingProxyType

from vms.hearings.checking import CheckKind, CheckProblem
from vms.hearings.gate import Flag
from vms.hearings.stages import Procedure, Stage
from vms.hearings.states import Act, Outcome

PROCEDURES: Mapping[Procedure, str] = MappingProxyType(
    {
        Procedure.CRIMINAL_FIRST: "Hình sự sơ thẩm",
        Procedure.CRIMINAL_APPEAL: "Hình sự phúc thẩm",
        Procedure.CIVIL_FIRST: "Dân sự sơ thẩm",
        Procedure.CIVIL_APPEAL: "Dân sự phúc thẩm",
    }
)
STAGES: Mapping[Stage, str] = MappingProxyType(
    {
        Stage.PREPARATION: "Chuẩn bị khai mạc",
        Stage.OPENING: "Thủ tục bắt đầu phiên tòa",
        Stage.INDICTMENT: "Công bố cáo trạng",
        Stage.CASE_PRESENTED: "Trình bày nội dung vụ án, kháng cáo, kháng nghị",
        Stage.PARTIES_PRESENT: "Trình bày của đương sự",
        Stage.APPEAL_PRESENTED: "Trình bày kháng cáo, kháng nghị",
        Stage.QUESTIONING: "Xét hỏi",
        Stage.PROSECUTION_CLOSING: "Luận tội",
        Stage.PROSECUTOR_OPINION: "Kiểm sát viên phát biểu",
        Stage.DEBATE: "Tranh luận",
        Stage.LAST_WORDS: "Bị cáo nói lời sau cùng",
        Stage.DELIBERATION: "Nghị án",
        Stage.JUDGMENT: "Tuyên án",
    }
)
ACTS: Mapping[str, str] = MappingProxyType(
    {
        Act.CHECK_ROOM: "Kiểm tra phòng xử án",
        Act.AWAIT_BENCH: "Chờ Hội đồng xét xử",
        Act.BEGIN: "Khai mạc phiên tòa",
        Act.CLOSE_DOORS: "Chuyển sang xét xử kín",
        Act.OPEN_DOORS: "Trở lại xét xử công khai",
        Act.DELIBERATE: "Nghị án",
        Act.BACK_TO_QUESTIONING: "Trở lại xét hỏi",
        Act.PRONOUNCE: "Tuyên án",
        Act.OPEN_JUDGMENT: "Cho truyền phần tuyên án",
        Act.SUSPEND_TECHNICAL: "Tạm ngừng do sự cố kỹ thuật",
        Act.SUSPEND: "Tạm ngừng phiên tòa",
        Act.TAKE_BREAK: "Nghỉ giải lao",
        Act.RESUME: "Tiếp tục phiên tòa",
        Act.ADJOURN: "Hoãn phiên tòa",
        Act.RESCHEDULE: "Xếp lịch lại",
        Act.END: "Kết thúc phiên tòa",
        Act.CUT: "Ngắt truyền",
        Act.RESTORE: "Truyền trở lại",
    }
)
"""By the word in a mark; `MARKS` are those that are none of the course."""
MARKS: Mapping[str, str] = MappingProxyType(
    {
        "schedule": "Xếp lịch phiên tòa",
        "plan": "Thay đổi lịch phiên tòa",
        "stage": "Chuyển giai đoạn",
        "dump": "Bỏ phần chưa phát",
        "flags": "Thay đổi đặc điểm phiên tòa",
        "record": "Cho ghi hình phiên tòa",
        "record_stop": "Dừng ghi hình phiên tòa",
        "order": "Cho phép quan sát",
        "order_revoked": "Thu hồi cho phép quan sát",
        "body_on": "Bật quan sát của đơn vị",
        "body_off": "Tắt quan sát của đơn vị",
    }
)
OUTCOMES: Mapping[str, str] = MappingProxyType(
    {
        Outcome.JUDGMENT: "đã tuyên án",
        Outcome.DISCONTINUED: "đình chỉ",
        Outcome.RETURNED: "trả hồ sơ điều tra bổ sung",
    }
)
FLAGS: Mapping[Flag, str] = MappingProxyType(
    {
        Flag.CLOSED: "xét xử kín",
        Flag.MINOR: "có người dưới 18 tuổi",
        Flag.STATE_SECRET: "bí mật nhà nước",
        Flag.PRIVATE_LIFE: "đời sống riêng tư",
    }
)
ANGLES: Mapping[str, str] = MappingProxyType(
    {
        "accused": "Bị cáo và người tham dự",
        "bench": "Hội đồng xét xử",
        "witness": "Người làm chứng",
        "evidence": "Màn hình chứng cứ",
    }
)
CHECKS: Mapping[CheckKind, str] = MappingProxyType(
    {
        CheckKind.PICTURE: "Hình ảnh",
        CheckKind.SOUND: "Âm thanh",
        CheckKind.CLOCK: "Lệch đồng hồ",
        CheckKind.STORAGE: "Dung lượng lưu trữ còn trống",
        CheckKind.PATH: "Đường tới người quan sát",
    }
)
PROBLEMS: Mapping[CheckProblem, str] = MappingProxyType(
    {
        CheckProblem.NOT_LIVE: "không có hình trực tiếp",
        CheckProblem.FROZEN: "hình đứng hoặc lặp lại",
        CheckProblem.LATE: "hình trễ",
        CheckProblem.NO_CAMERA: "không có camera",
        CheckProblem.SILENT: "không có tiếng",
        CheckProblem.TOO_QUIET: "micrô quá nhỏ hoặc đang tắt",
        CheckProblem.NO_SOUND: "phòng không có nguồn âm thanh",
        CheckProblem.CLOCK_OFF: "đồng hồ lệch quá mức cho phép",
        CheckProblem.CLOCK_UNKNOWN: "không rõ đồng hồ của thiết bị",
        CheckProblem.LITTLE_SPACE: "sắp hết dung lượng",
        CheckProblem.NO_CARRIER: "không có đường truyền",
    }
)
