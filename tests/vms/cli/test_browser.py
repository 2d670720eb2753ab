from vms.cli.browser import Need, provide


def need(*, there: list[bool], required: bool) -> Need:
    return Need("Thing", ("thing", "thing-data"), lambda: there[0], required=required)


def test_what_is_there_is_left_alone():
    assert provide((need(there=[True], required=True),), lambda _: 1 / 0, strict=True) == []


def test_what_is_missing_is_installed_where_we_may():
    there, asked = [False], []

    def install(packages):
        asked.extend(packages)
        there[0] = True

    assert provide((need(there=there, required=True),), install, strict=True) == []
    assert asked == ["thing", "thing-data"]


def test_what_stays_missing_is_one_sentence_and_fails_where_it_must(capsys):
    assert provide((need(there=[False], required=True),), None, strict=False) == ["Thing"]
    assert capsys.readouterr().out.count("\n") == 1
    assert provide((need(there=[False], required=False),), None, strict=False) == []
    assert provide((need(there=[False], required=False),), lambda _: None, strict=True) == ["Thing"]
