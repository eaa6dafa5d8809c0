"""Scrapy, reduced to what a polite archive needs: scheduling, slots, retries, redirects."""

from __future__ import annotations

from typing import Any

from config.network_settings import NetworkSettings

_DOWNLOADER = "scrapy.downloadermiddlewares"
_HANDLER = "crawler.fetch.handler.ExchangeHandler"

# Handlers that read files or other networks; a request for one fails before anything is opened.
_CLOSED_SCHEMES = ("file", "data", "ftp", "s3")

# Middlewares of Scrapy's that our client, guards or catalog stand in for.
_REPLACED_MIDDLEWARES = (
    f"{_DOWNLOADER}.offsite.OffsiteMiddleware",
    f"{_DOWNLOADER}.robotstxt.RobotsTxtMiddleware",
    f"{_DOWNLOADER}.httpauth.HttpAuthMiddleware",
    f"{_DOWNLOADER}.downloadtimeout.DownloadTimeoutMiddleware",
    f"{_DOWNLOADER}.defaultheaders.DefaultHeadersMiddleware",
    f"{_DOWNLOADER}.useragent.UserAgentMiddleware",
    f"{_DOWNLOADER}.redirect.MetaRefreshMiddleware",
    f"{_DOWNLOADER}.redirect.RedirectMiddleware",
    f"{_DOWNLOADER}.httpcompression.HttpCompressionMiddleware",
    f"{_DOWNLOADER}.cookies.CookiesMiddleware",
    f"{_DOWNLOADER}.httpproxy.HttpProxyMiddleware",  # would read proxies from the environment
    f"{_DOWNLOADER}.stats.DownloaderStats",
    f"{_DOWNLOADER}.httpcache.HttpCacheMiddleware",
)

_NEEDLESS_EXTENSIONS = (
    "scrapy.extensions.logcount.LogCount",
    "scrapy.extensions.telnet.TelnetConsole",
    "scrapy.extensions.memusage.MemoryUsage",
    "scrapy.extensions.memdebug.MemoryDebugger",
    "scrapy.extensions.closespider.CloseSpider",
    "scrapy.extensions.feedexport.FeedExporter",
    "scrapy.extensions.logstats.LogStats",
    "scrapy.extensions.spiderstate.SpiderState",
    "scrapy.extensions.throttle.AutoThrottle",
    "scrapy.extensions.remote_control.RemoteControl",
)

_NEEDLESS_SPIDER_MIDDLEWARES = (
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware",  # a 404 is an outcome, not an error
    "scrapy.spidermiddlewares.referer.RefererMiddleware",
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware",
    "scrapy.spidermiddlewares.depth.DepthMiddleware",
    "scrapy.spidermiddlewares.metacopy.MetaCopyDetectionMiddleware",  # of requests that a callback makes
)


def base_settings(network: NetworkSettings) -> dict[str, Any]:
    """Scrapy settings for one crawl process; the caller adds `DATELINE_SERVICES` and its own middlewares.

    Politeness (`DOWNLOAD_DELAY` in s, requests in flight) is the network's default; per host `DOWNLOAD_SLOTS`
    or `download_slot` say otherwise. The spider sees every status, and failures in its errback.
    """
    return {
        **_politeness(network),
        **_safety(network),
        **_quiet(),
        "TWISTED_REACTOR": "twisted.internet.asyncioreactor.AsyncioSelectorReactor",
        "DOWNLOADER_MIDDLEWARES": {
            **dict.fromkeys(_REPLACED_MIDDLEWARES),
            "crawler.fetch.scheme_guard.SchemeGuard": 50,
            # Responses pass from the highest number down: redirects first, then what is left is retried.
            f"{_DOWNLOADER}.retry.RetryMiddleware": 550,
            "crawler.fetch.truncation_retry.TruncationRetry": 560,
            "crawler.fetch.redirects.HopByHop": 600,
        },
        "SPIDER_MIDDLEWARES": dict.fromkeys(_NEEDLESS_SPIDER_MIDDLEWARES),
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",  # filters nothing: the catalog decides
    }


def _politeness(network: NetworkSettings) -> dict[str, Any]:
    return {
        "USER_AGENT": network.user_agent,
        # No limit here: pictures that wait for their host would keep other hosts from starting. The window
        # bounds the pages in flight, the handler the requests on the wire.
        "CONCURRENT_REQUESTS": 0,
        "CONCURRENT_REQUESTS_PER_DOMAIN": network.concurrency_per_host,
        "DOWNLOAD_DELAY": network.delay,
        "DOWNLOAD_DELAY_JITTER": 0,
        "DOWNLOAD_TIMEOUT": network.timeout,
        "DOWNLOAD_MAXSIZE": network.max_page_bytes,
        "RETRY_ENABLED": network.retries > 0,
        "RETRY_TIMES": network.retries,
        "RETRY_EXCEPTIONS": ["crawler.fetch.errors.TransientFetchError"],
        # 429 is left out: whoever is told to wait does not ask again at once.
        "RETRY_HTTP_CODES": [500, 502, 503, 504, 522, 524, 408],
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",  # the outcome says it
        "REDIRECT_ENABLED": True,
        "REDIRECT_MAX_TIMES": network.max_redirects,
        "REDIRECT_PRIORITY_ADJUST": 2,
    }


def _safety(network: NetworkSettings) -> dict[str, Any]:
    return {
        "DOWNLOAD_HANDLERS": {"http": _HANDLER, "https": _HANDLER, **dict.fromkeys(_CLOSED_SCHEMES)},
        "DOWNLOAD_VERIFY_CERTIFICATES": True,  # our client always does; so would any other handler
        "TELNETCONSOLE_ENABLED": False,
        "REMOTE_CONTROL_ENABLED": False,
        "HTTPPROXY_ENABLED": False,
        "COOKIES_ENABLED": False,
        "REFERER_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "COMPRESSION_ENABLED": False,
        "HTTPCACHE_ENABLED": False,
        "ROBOTSTXT_OBEY": False,  # obeyed by the crawler's own middleware, over RFC 9309
        "DNS_TIMEOUT": network.connect_timeout,
    }


def _quiet() -> dict[str, Any]:
    return {
        "EXTENSIONS": dict.fromkeys(_NEEDLESS_EXTENSIONS),
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        "STATS_DUMP": False,
        "DOWNLOADER_STATS": False,
        "LOGSTATS_INTERVAL": 0,
        "LOG_LEVEL": "WARNING",
        "LOG_INSTALL_ROOT_HANDLER": False,  # the process that runs the crawl decides where logs go
    }
