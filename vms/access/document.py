"""`docs/rights.md`: the table of rights, for people who must sign it."""

from vms.access.actions import MEDIA, READING, Action
from vms.access.people import Role
from vms.access.rights import RIGHTS, Scope

_NAMES = {
    Role.DUTY_OFFICER: "Trực ban / Duty officer",
    Role.DUTY_COMMANDER: "Trực chỉ huy / Duty commander",
    Role.INVESTIGATOR: "Điều tra viên / Investigator",
    Role.TECHNICIAN: "Kỹ thuật viên / Technician",
    Role.COURT_CLERK: "Thư ký Tòa án / Court clerk",
    Role.PRESIDING_JUDGE: "Thẩm phán chủ tọa / Presiding judge",
    Role.COURT_CHAIR: "Chánh án / Court chair",
    Role.PROSECUTOR: "Kiểm sát viên / Prosecutor",
    Role.PROSECUTORS_LEADER: "Lãnh đạo Viện kiểm sát / Prosecutors' leader",
    Role.OVERSIGHT_OBSERVER: "Người giám sát / Oversight observer",
    Role.SECURITY_ADMINISTRATOR: "Quản trị an toàn thông tin / Security administrator",
    Role.AUDITOR: "Kiểm tra nhật ký / Auditor",
    Role.WALL_CONSOLE: "Máy trạm màn hình tường (không phải người) / Wall console (no person)",
}
_CELLS = {Scope.POLICE: "C", Scope.COURT: "T", Scope.ALL: "C T", Scope.ORDER: "L"}

_HEAD = """# Quyền / Rights

Tệp này được tạo từ `vms/access/rights.py`; không sửa bằng tay.
This file is made from `vms/access/rights.py` by `python -m vms.access.document`; do not edit it.

**C**: camera công an / police cameras · **T**: camera và phiên tòa của Tòa án / court cameras and hearings · **L**: phiên tòa mà văn bản
cho phép quan sát nêu tên / hearings that an observation order names · trống / empty: không / no.
Mỗi vai trò có hiệu lực trong một đơn vị và các đơn vị trực thuộc, trong một thời hạn. / A role is held in a unit and all units
below it, for a time.
"""

_TAIL = """
## Phân tách nhiệm vụ / Separation of duty

Mạnh hơn mọi vai trò cộng lại / stronger than any sum of roles:

* Người giữ vai trò quản trị an toàn thông tin không bao giờ xem hình ảnh. / Whoever is security administrator never sees media.
* Người giữ vai trò kỹ thuật viên không bao giờ xem hình ảnh của Tòa án. / Whoever is technician never sees court media.
* Người giữ vai trò kiểm tra nhật ký chỉ đọc. / Whoever is auditor only reads.
* Không ai tự cấp quyền hoặc tự quản lý tài khoản của mình. / Nobody grants to themself or manages the own account.
* Máy trạm màn hình tường chỉ có các camera trên tường của nó, không có gì khác. / A wall console has the cameras of its wall and
  nothing else.
* Camera phòng xử án chỉ có hình khi một phiên tòa đang cho xem; chỉ chủ tọa của chính phiên tòa đó mở lại những gì đã đóng. / A courtroom's
  camera shows nothing without a hearing that shows it; only the presiding judge of that very hearing opens again what was closed.
* Quy tắc cho từng camera (camera nhạy cảm) chỉ thu hẹp quyền của vai trò; điều cấm mạnh hơn điều cho phép. / Rules about single cameras
  (sensitive ones) only ever narrow a role; one that forbids is stronger than one that allows.
* Ai cũng có quyền với những gì của riêng mình (phiên đăng nhập, mật khẩu, bố cục đã lưu). / Everyone may do what concerns only
  themself (session, password, saved walls).
"""


def rights_document() -> str:
    """The whole document in Markdown."""
    roles = list(Role)
    lines = [_HEAD, "| hành động / action | loại / kind | " + " | ".join(f"`{role}`" for role in roles) + " |"]
    lines.append("|---|---|" + "---|" * len(roles))
    lines.extend(_line(action, roles) for action in Action if action is not Action.OWN)
    lines.append("\n## Vai trò / Roles\n")
    lines.extend(f"* `{role}`: {_NAMES[role]}" for role in roles)
    return "\n".join(lines) + "\n" + _TAIL


def _line(action: Action, roles: list[Role]) -> str:
    kinds = [word for word, kind in (("hình ảnh / media", MEDIA), ("đọc / reads", READING)) if action in kind]
    cells = [_CELLS.get(RIGHTS[role].get(action, Scope(0)), "") for role in roles]
    return f"| `{action}` | {', '.join(kinds)} | " + " | ".join(cells) + " |"


if __name__ == "__main__":
    from pathlib import Path

    (Path(__file__).parents[2] / "docs" / "rights.md").write_text(rights_document(), encoding="utf-8")
