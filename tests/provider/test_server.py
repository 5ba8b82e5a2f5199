from __future__ import annotations

import pytest

from cpg_infra.provider.server import main


def test_the_provider_says_in_one_sentence_that_it_does_not_serve_yet(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as stopped:
        main()
    assert stopped.value.code == 1
    out, err = capsys.readouterr()
    assert not out
    assert 'has no provider server yet' in err
    assert err.count('\n') == 1
