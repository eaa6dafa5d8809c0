"""What a citation says to a person who has it and does not have Dateline."""

from __future__ import annotations

from archive.citation.citation import Citation
from archive.clock import isoformat_z

_TEXT = """\
{url}
as captured at {at}

This file is a WACZ package: ReplayWeb.page (https://replayweb.page) shows what is in it, and unzip takes
it apart. It also has what is needed to check, without us and without our software, that what it shows was in
the archive when it is said to have been. `dateline cite --check FILE` does all that follows.

1. What was captured. archive/data.warc.gz holds the HTTP exchange as it came over the wire, as WARC records:

       gzip -dc archive/data.warc.gz | less
       warcio check archive/data.warc.gz

   The body of the answer, as it came, has the SHA-256 {sha256}

2. What the archive wrote down. The files evidence/entry-… belong to entries of its journal. ….header.json is
   an entry's first line; ….rows.txt has the SHA-256 of each of its rows; ….row-….json are those rows that
   are about this citation, the others are not shown. The row "table":"capture" names the SHA-256 of step 1.

       cd evidence
       sha256sum entry-*.row-*.json   each of these digests stands in rows.txt, that of row-000007 on line 7
       sha256sum entry-*.rows.txt     this is "rows_sha256" in header.json

3. The chain. evidence/chain-….jsonl has the first lines of this and the following entries of one writer. Each
   names the SHA-256 of the line before it as "previous", so none can be changed or left out.

       head -n 1 CHAIN.jsonl | tr -d '\\n' | sha256sum     this is "previous" in the second line, and so on
{stamp}
What this proves, and what not. It shows that the archive had these bytes{when}, and that they were not
changed since. That the site sent them, and at the moment of capture, is the archive's own word. So are the
head of the answer and the request: the journal names the body alone.

This capture in the archive: {memento}
"""

_STAMPED = """
4. The stamp. evidence/statement.txt names the SHA-256 of the last line of each chain.
   evidence/statement.tsr is the answer of a time-stamping authority (RFC 3161) over it. Get the authority's
   root certificate from the authority itself, not from here, and ask openssl:

       tail -n 1 CHAIN.jsonl | tr -d '\\n' | sha256sum     this is its writer's "digest" in the statement
       openssl ts -reply -in evidence/statement.tsr -text
       openssl ts -verify -data evidence/statement.txt -in evidence/statement.tsr -CAfile ROOT.pem

   The authority's time is {time}
"""
_NOT_STAMPED = """
4. There is no stamp: no authority had stamped the journal when this citation was made.
"""


def readme(about: Citation) -> str:
    """`evidence/README.txt`."""
    time = f"{about.stamped.at:%Y-%m-%d %H:%M:%S} UTC" if about.stamped else ""
    return _TEXT.format(
        url=about.url,
        at=isoformat_z(about.at),
        sha256=about.sha256,
        memento=about.memento,
        stamp=_STAMPED.format(time=time) if about.stamped else _NOT_STAMPED,
        when=f" not later than {time}" if about.stamped else "",
    )
