"""One filled paper of each kind, with names that use the whole alphabet."""

from datetime import datetime
from pathlib import Path

from vms.papers.attendance import Attendance, Presence, attendance_document
from vms.papers.document import Document, Letterhead
from vms.papers.evaluation import Evaluation, Score, evaluation_document
from vms.papers.evaluation_template import parse_template
from vms.papers.hearing import HearingShown
from vms.papers.minutes import Minutes, Opinion, Participant, minutes_document
from vms.papers.monthly import BodyFigures, Monthly, monthly_document
from vms.papers.quota import Quota, QuotaRow, quota_document
from vms.papers.room_check import Checked, RoomCheck, room_check_document
from vms.papers.timeline import Interruption, Step, Timeline, timeline_document
from vms.papers.wording import VIETNAM

CONFIG = Path(__file__).parents[2] / "config"


def ms(hour: int, minute: int = 0, second: int = 0, *, day: int = 5, month: int = 2) -> int:
    return int(datetime(2026, month, day, hour, minute, second, tzinfo=VIETNAM).timestamp() * 1000)


COURT = Letterhead(
    "Tòa án nhân dân tỉnh Sơn La", "Tòa án nhân dân khu vực 1 - Sơn La", "Sơn La", ms(16, 30), "12/PL-TA"
)
PROCURACY = Letterhead(
    "Viện kiểm sát nhân dân tỉnh Sơn La", "Viện kiểm sát nhân dân khu vực 1", "Sơn La", ms(17), "07/BB-VKS"
)
HEARING = HearingShown(
    title="Xét xử sơ thẩm vụ án Trộm cắp tài sản",
    case_number="12/2026/TLST-HS",
    procedure="Hình sự sơ thẩm",
    court="Tòa án nhân dân khu vực 1 - Sơn La",
    courtroom="Phòng xử án số 2, trụ sở phường Tô Hiệu",
    judge="Nguyễn Thị Hường",
    clerk="Lường Văn Ẩn",
    prosecutor="Quàng Thị Ngữ",
    parties=(("Bị cáo", "Giàng A Dếnh"), ("Bị hại", "Cầm Vĩnh Ỷ")),
    began_ms=ms(8, 2, 11),
    ended_ms=ms(11, 47, 30),
)


def timeline() -> Document:
    steps = (
        Step(ms(7, 45), "Kiểm tra phòng xử án", by="Lường Văn Ẩn"),
        Step(ms(8, 2, 11), "Khai mạc phiên tòa", "Thủ tục bắt đầu", "Nguyễn Thị Hường"),
        Step(ms(8, 20), "Chuyển giai đoạn", "Công bố cáo trạng", "Lường Văn Ẩn"),
        Step(ms(8, 31), "Chuyển giai đoạn", "Xét hỏi", "Lường Văn Ẩn"),
        Step(ms(9, 2, 14), "Tạm ngừng", "Xét hỏi", "Nguyễn Thị Hường", "sự cố kỹ thuật"),
        Step(ms(9, 20, 3), "Tiếp tục", "Xét hỏi", "Nguyễn Thị Hường"),
        Step(ms(10, 40), "Nghị án", "Nghị án", "Nguyễn Thị Hường"),
        Step(ms(11, 30), "Tuyên án", "Tuyên án", "Nguyễn Thị Hường"),
        Step(ms(11, 47, 30), "Kết thúc", "Tuyên án", "Nguyễn Thị Hường"),
    )
    faults = (Interruption(ms(9, 2, 14), ms(9, 20, 3), "Mất đường truyền tại phòng xử án", "Tiếp tục phiên tòa"),)
    return timeline_document(Timeline(COURT, HEARING, steps, faults, clerk="Lường Văn Ẩn", judge="Nguyễn Thị Hường"))


def attendance() -> Document:
    gap = (ms(9, 2, 14), ms(9, 20, 5))
    bench, both = "Hội đồng xét xử", "Hội đồng xét xử, Bị cáo và người tham dự"
    present = (
        Presence("Lò Văn Ưởng", "Ban Nội chính Tỉnh ủy", "10.20.4.7", both, ms(8, 5), ms(10, 40), (), ms(8, 4)),
        Presence("Hoàng Đức Ẵm", "Hội đồng nhân dân tỉnh", "10.20.5.9", bench, ms(9, 30), None, (), ms(9, 29)),
        Presence("Quàng Thị Ngữ", "VKSND khu vực 1", "10.20.1.15", bench, ms(8, 3), ms(10, 40), (gap,), ms(8, 2)),
        Presence("Lường Văn Ẩn", "TAND khu vực 1", "10.20.1.2", bench, ms(7, 40), ms(11, 47)),
    )
    return attendance_document(Attendance(COURT, HEARING, present, clerk="Lường Văn Ẩn"))


def room_check() -> Document:
    checked = (
        Checked("Hình ảnh", "Hội đồng xét xử", "1920×1080, 25/s"),
        Checked("Âm thanh", "Hội đồng xét xử", "-18 dB"),
        Checked("Hình ảnh", "Bị cáo", "1920×1080, 25/s"),
        Checked("Hình ảnh", "Màn hình chứng cứ", "", "Đứng hình"),
        Checked("Đồng hồ", "Bị cáo", "12 ms"),
        Checked("Dung lượng lưu trữ", "", "812.4 GiB"),
        Checked("Đường tới người quan sát", "Bị cáo", "worker-1"),
    )
    return room_check_document(RoomCheck(COURT, HEARING, ms(7, 45, 30), "Lường Văn Ẩn", checked))


def evaluation() -> Document:
    template = parse_template((CONFIG / "evaluation.toml").read_text(encoding="utf-8"))
    scores = {criterion.key: Score(criterion.most - 1, "Tốt") for criterion in template.criteria}
    return evaluation_document(
        Evaluation(
            PROCURACY,
            HEARING,
            template,
            "Kiểm sát viên Quàng Thị Ngữ",
            "Đỗ Thị Ỷ",
            scores,
            strengths="Chuẩn bị đề cương xét hỏi kỹ, làm rõ được chứng cứ quan trọng.",
        )
    )


def minutes() -> Document:
    return minutes_document(
        Minutes(
            PROCURACY,
            HEARING,
            ms(14),
            ms(16, 10),
            "Phòng họp số 1, Viện kiểm sát nhân dân khu vực 1",
            "Đỗ Thị Ỷ",
            "Bạc Cầm Khuyên",
            (
                Participant("Đỗ Thị Ỷ", "Viện trưởng", "Viện kiểm sát nhân dân khu vực 1"),
                Participant("Quàng Thị Ngữ", "Kiểm sát viên", "Viện kiểm sát nhân dân khu vực 1"),
                Participant("Bạc Cầm Khuyên", "Kiểm tra viên", "Viện kiểm sát nhân dân khu vực 1"),
            ),
            strengths="Kiểm sát viên nắm chắc hồ sơ; tác phong đĩnh đạc, xét hỏi có trọng tâm, đối đáp đầy đủ ý kiến của người bào chữa.",
            weaknesses="Trình chiếu chứng cứ số hóa còn chậm.",
            conclusion="Nhất trí đánh giá phiên tòa đạt yêu cầu rút kinh nghiệm. Đề nghị các đơn vị nghiên cứu, vận dụng.",
            opinions=(Opinion("Lò Văn Ưởng", "Cần rút gọn phần công bố lời khai."),),
            sheets=5,
            average="87,4",
            most=100,
            recipients=("Phòng 7, VKSND tỉnh Sơn La", "Lưu: VT, HSKS"),
        )
    )


def monthly() -> Document:
    return monthly_document(
        Monthly(
            PROCURACY,
            1,
            2026,
            (
                BodyFigures("Tòa án nhân dân khu vực 1 - Sơn La", held=24, interruptions=2, interrupted_ms=1_069_000),
                BodyFigures(
                    "Viện kiểm sát nhân dân khu vực 1",
                    watched=18,
                    people=31,
                    watched_ms=190_000_000,
                    sheets=12,
                    minutes=3,
                ),
                BodyFigures("Ban Nội chính Tỉnh ủy", watched=4, people=6, watched_ms=31_000_000),
            ),
            signer="Bạc Cầm Khuyên",
        )
    )


def quota() -> Document:
    return quota_document(
        Quota(
            PROCURACY,
            2026,
            (
                QuotaRow("Nguyễn Thị Hường", "Thẩm phán", "TAND khu vực 1", 2, 1),
                QuotaRow("Quàng Thị Ngữ", "Kiểm sát viên", "VKSND khu vực 1", 0, 1),
            ),
            signer="Bạc Cầm Khuyên",
        )
    )


ALL = {
    "timeline": timeline,
    "attendance": attendance,
    "room_check": room_check,
    "evaluation": evaluation,
    "minutes": minutes,
    "monthly": monthly,
    "quota": quota,
}
