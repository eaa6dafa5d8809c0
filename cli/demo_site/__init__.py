"""The bundled living news web: three small sites that change over three nights.

`dateline demo` and the tests crawl it. Towns, people, texts and pictures are invented or drawn by code.
"""

from cli.demo_site.nights import NIGHTS, ExpectedNight, crawl_moment, expected_night
from cli.demo_site.server import DemoSite, PlantedArticle

__all__ = ["NIGHTS", "DemoSite", "ExpectedNight", "PlantedArticle", "crawl_moment", "expected_night"]
