"""Write the other readings of the rules from the default pack: python scripts/readings.py [FOLDER]

Each is a whole file, for whoever takes one up must be able to read it; made from the default, so that
what is not the reading's own is never older than there. A test holds the files against this.
"""

import sys
from pathlib import Path

DATA = Path(__file__).parents[1] / "src" / "suqiu" / "policy" / "data"
DEFAULT = (DATA / "sh-lhsr-2013.yaml").read_text("utf-8")
HOURS, WORK_DAYS = "{n: 2, unit: natural_hour}", "{n: 2, unit: work_day}"
Change = tuple[str, str]


def clock(id: str) -> str:
    """The default's line of an obligation."""
    return next(line + "\n" for line in DEFAULT.splitlines() if f"- {{id: {id}," in line)


def urgent(id: str) -> str:
    """The default's line that shortens an obligation for what is urgent."""
    start = f"  - {{when: {{urgency: 紧急}}, id: {id}, "
    return next(line + "\n" for line in DEFAULT.splitlines() if line.startswith(start))


def longer(code: str) -> str:
    return f'  - {{when: {{category: "{code}"}}, id: dispose, limit: {{n: 20, unit: work_day}}}}\n'


def made(why: str, id: str, name: str, basis: str, confidence: str, changes: list[Change]) -> str:
    """The default under another head, with these changes; each must fit exactly once."""
    head, sep, rest = DEFAULT.partition("effective_from:")
    version = next(line for line in head.splitlines() if line.startswith("version:"))
    text = (
        f"# {why}\n# 由 scripts/readings.py 从默认包生成;不随安装发布,用 suqiu policy publish 启用。\n"
        f"id: {id}\n{version}\nname: {name}\nbasis: {basis}\nconfidence: {confidence}\n{sep}{rest}"
    )
    for old, new in changes:
        if text.count(old) != 1:
            raise SystemExit(f"{id}: {text.count(old)} times: {old!r}")
        text = text.replace(old, new)
    return text


ON_SITE = (
    f"  - {{id: on_site, name: 到场, owes: lead, start: [dispatched], stop: [on_site],"
    f" limit: {HOURS}, metric: timely}}\n"
)
SHORT = "".join(
    f"  - {{when: {{kind: {kind}}}, id: {id}, limit: {{n: 1, unit: work_day}}}}\n"
    for kind in ("咨询", "建议", "表扬")
    for id in ("dispose", "reply")
)
NO_CLOCK = "".join(
    f'  - {{when: {{category: "{code}"}}, id: {id}, limit: null}}\n'
    for code in ("C02*", "G05*")
    for id in ("dispose", "reply")
)


def readings() -> dict[str, str]:
    """Every reading by its id."""
    contact, reply, second = clock("first_contact"), clock("reply"), clock("second_check")
    five = "{n: 5, unit: work_day}"
    files = [
        made(
            "三个二的另一种读法:第一个“二”是二小时到场。2005 年有区中队承诺半小时到一小时到场,可作旁证。",
            "sh-lhsr-2013-b", "绿化市容诉求“三个二”读法乙:二小时到场",
            "推定,无出处:二小时到场、二个工作日处置、二个工作日答复", "低",
            [(contact, ON_SITE),
             (urgent("first_contact"), urgent("first_contact").replace("first_contact", "on_site"))],
        ),
        made(
            "三个二的另一种读法:第三个“二”是每件都回访两次。原文把二次回访另说,所以这种读法更弱。",
            "sh-lhsr-2013-c", "绿化市容诉求“三个二”读法丙:二次回访",
            "推定,无出处:二小时先行联系、二个工作日处置、二次回访", "低",
            [(reply, reply.replace(WORK_DAYS, five)), (second, second.replace(five, WORK_DAYS)),
             ("second_rate: 0.2", "second_rate: 1")],
        ),
        made(
            "三个二的另一种读法:第三个“二”是疑难件二周。二周从批准延期起算,按十个工作日,只延一次。",
            "sh-lhsr-2013-d", "绿化市容诉求“三个二”读法丁:疑难二周",
            "推定,无出处:二小时先行联系、二个工作日处置、疑难件经批准二周", "低",
            [("extension: {max: 2, max_days: 10}", "extension: {max: 1, max_days: 10}")],
        ),
        made(
            "三个二的另一种读法:第一个“二”说的是中心移送,计入及时率;先行联系照做,但不设时限。",
            "sh-lhsr-2013-e", "绿化市容诉求“三个二”读法戊:二小时移送",
            "推定,无出处:中心二小时移送、二个工作日处置、二个工作日答复", "低",
            [(contact, ""), (urgent("first_contact"), ""),
             (f"limit: {HOURS}, metric: transfer}}", f"limit: {HOURS}, metric: timely}}")],
        ),
        made(
            "上海 12345 市民服务热线的时限,见于 2015 年的公开报道和 2019 年一街道的公开件;其余沿用默认包。",
            "sh-12345-2015", "上海 12345 时限包(1、5、15 个工作日)",
            "公开报道(2015)与街道公开件(2019):咨询建议 1、求助投诉 5、复杂经批准 15 个工作日;执法程序除外",
            "中",
            [("effective_from: 2013-01-01", "effective_from: 2015-01-01"),
             (contact, contact.replace(HOURS, "{n: 1, unit: work_day}")),
             (clock("dispose"), clock("dispose").replace(WORK_DAYS, five)),
             # Five working days hold for the work and for the answer: both are counted from dispatch.
             (reply, reply.replace("[disposal_passed]", "[dispatched, reworked]").replace(WORK_DAYS, five)),
             (longer("C02*"), SHORT + NO_CLOCK), (longer("G05*"), ""),
             ("先给长限,期间中途汇报。", "时间由执法的法律另算,热线不设时限(limit: null)。"),
             ("first_by: hub", "first_by: centre"), ("second_rate: 0.2", "second_rate: 0.1"),
             ("extension: {max: 2,", "# 复杂的经批准再加十个工作日,合计十五个。\nextension: {max: 1,")],
        ),
    ]  # fmt: skip
    ids = [text.split("\nid: ")[1].split("\n")[0] for text in files]
    return dict(zip(ids, files, strict=True))


if __name__ == "__main__":
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else DATA / "readings"
    for id, text in readings().items():
        (folder / f"{id}.yaml").write_text(text, "utf-8")
