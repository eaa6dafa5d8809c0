"""Pages that stand in front of an article or in its place: told by their words, conservatively.

Each test needs a short text besides its words, because an article may be about any of these.
"""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipelines.gate.notice import LEAST_SHARE, is_spoken, notice, share_consenting
from pipelines.gate.phrases import Phrases
from pipelines.gate.stub import is_paywall_stub

SHORT = 2500  # characters; no wall is longer, and most articles are
VERY_SHORT = 700
_FIRST_LINES = 120
LEAST_TITLED = 0.3  # of a text under a title that asks for consent

_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|one moment,? please|please wait|attention required"
    r"|access (?:to this page has been )?denied|access denied"
    r"|are you a (?:robot|human)|robot check|bot verification|human verification|verify(?:ing)? (?:you are"
    r"|that you are|you're) (?:a )?human"
    r"|please verify|security (?:check|verification)|ddos protection|ddos-guard|checking your browser"
    r"|pardon our interruption|captcha"
    r"|request (?:blocked|unsuccessful|rejected)|unusual traffic|you have been blocked|forbidden"
    r"|403 forbidden|error 403"
    r"|einen moment|un momento|un instant|один момент|少々お待ちください|请稍候)",
    re.IGNORECASE,
)
_TITLE_END = re.compile(r"\W*(?:$|\s[|–—-]\s)")  # "Just a moment…" is one, "Just a moment of silence" is not
_CHALLENGE_TEXT = Phrases(
    r"verif(?:y|ying|ies) (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)"
    r"|checking (?:if the site connection is secure|your browser)"
    r"|needs to review the security of your connection|enable javascript and cookies to continue"
    r"|prove (?:that )?you(?: are|'re) (?:a )?human"
    r"|unusual (?:traffic|activity) (?:from|on) your|complete the (?:captcha|security check)|solve (?:this"
    r"|the) captcha|i'?m not a robot"
    r"|why (?:do i have to complete a captcha|have i been blocked)|you(?:'ve| have) been blocked"
    r"|your (?:ip|request) (?:address )?(?:has been|was) blocked"
    r"|press (?:&|and) hold|performance (?:&|and) security by|ray id|incapsula incident"
    r"|you don't have permission to access"
    r"|something about your browser made us think you (?:were|are|might be) a bot|automated (?:access"
    r"|requests|bot activity)"
    r"|bist du ein (?:mensch|roboter)|kein roboter|sind sie ein mensch|êtes-vous un (?:humain|robot)"
    r"|no (?:eres|soy|es usted) un robot|вы не робот|подтвердите, что вы",
)
_NOT_FOUND_TITLE = re.compile(
    r"(?:^|[|–—:·-]\s*)(?:(?:error|fehler|erreur)?\s*(?:404|410)\b(?!\s*(?:dead|people|km|million|meter"
    r"|metre))|(?:oops[!,. ]*)?(?:sorry[!,. ]*)?"
    r"(?:the |this |that )?(?:page|article|story|content|url|file|document)(?: you(?:'re"
    r"| are)? \w+(?: for)?)?"
    r"(?: was| is| has been| could| can| does|'s| cannot)*(?:n[o'’]t| not| no longer"
    r"| been)* (?:be )?(?:found|available|exist\w*|removed|deleted|expired)"
    r"|not found|nothing found|page (?:missing|gone|unavailable)"
    r"|(?:die )?(?:seite|artikel|inhalt)(?: wurde| konnte| ist)?(?: leider)? nicht (?:gefunden|verfügbar"
    r"|vorhanden|existiert)"
    r"|(?:cette )?page (?:introuvable|non trouvée|inexistante)|contenu introuvable|página (?:no"
    r"|não) (?:encontrada|existe|disponible)"
    r"|pagina non trovata"
    r"|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)"
    r"|siden (?:finnes ikke|blev ikke fundet|ble ikke funnet)"
    r"|nie znaleziono strony|strona nie istnieje|страница не найдена|сторінку не знайдено"
    r"|halaman tidak ditemukan|sayfa bulunamadı"
    r"|ページが見つかりません|お探しのページ|페이지를 찾을 수 없습니다"
    r"|页面不存在|找不到(?:该|您)?.{0,6}页面)",
    re.IGNORECASE,
)
# The same in a very short text, wherever it stands in the first lines.
_NOT_FOUND_TEXT = Phrases(
    r"\b(?:page|url|address|link)\b.{0,40} "
    r"(?:(?:was|is|could|can|does|has)(?:n['’]t| not| no longer)|cannot) "
    r"(?:be |been )?(?:found|available|exist)"
    r"|(?:can['’]?t|couldn['’]t|could not|cannot|unable to) find (?:the|this|that) page"
    r"|seite.{0,40} nicht (?:gefunden|mehr)|page.{0,40} (?:introuvable|n['’]existe (?:pas|plus))"
    r"|página.{0,40} no (?:existe|se encuentra)|pagina.{0,40} non (?:esiste|trovata)",
)
_CONSENT_TITLE = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy (?:choices|matters)"
    r"|privacy (?:settings|preferences|notice|consent|gate)"
    r"|cookie (?:consent|settings|preferences|notice|policy|wall)|consent (?:required|management)"
    r"|accept cookies|(?:mit|trotz) werbung (?:weiter|und cookies)"
    r"|datenschutz-?(?:einstellungen|hinweis)|cookie-?(?:einstellungen|hinweis|zustimmung)|einwilligung"
    r"|zustimmung erforderlich|bevor sie fortfahren"
    r"|votre vie privée|respect de votre vie privée|gestion des cookies|avant de continuer|su privacidad"
    r"|tu privacidad|antes de continuar"
    r"|la tua privacy|rispettiamo la tua privacy|uw privacy|jouw privacy|twoja prywatność|din integritet"
    r"|personvern|ваша конфиденциальность",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:(?:please )?(?:log|sign)[ -]?(?:in|on)\b|login|member login|create (?:an|your) account"
    r"|(?:bitte )?(?:anmelden|einloggen)|anmeldung|connexion|se connecter|identifiez-vous"
    r"|iniciar sesión|inicia sesión|accedi|inloggen|logga in|logg inn|log ind|zaloguj|войти|вход|entrar"
    r"|ログイン|로그인|登录)",
    re.IGNORECASE,
)


def wall(
    names: tuple[str, ...],
    text: str,
    lines: Iterable[str],
    *,
    paid: bool | None,
    asks_password: bool,
    claimed: bool,
) -> str | None:
    """Name the wall that a page is; None if it is none.

    Args:
        names: the page's `title` and its first `h1`, those that it has.
        text: the extracted text; of a page without one, the beginning of what is visible.
        lines: the page's visible lines, without title and first heading.
        paid: the page says in its metadata that it is not free to read; None: it says nothing of it.
        asks_password: the page has a password field.
        claimed: the page says in JSON-LD or OpenGraph that it is an article.

    Returns:
        `challenge`, `soft_404`, `consent_wall`, `login_wall`, `paywall_stub`, or a kind of `gate.notice`.
    """
    if len(text) > SHORT:
        return None
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("challenge", lambda: _is_challenge(names, text, lines)),
        ("soft_404", lambda: _is_not_found(names, text)),
        ("consent_wall", lambda: _is_consent(names, text)),
        ("login_wall", lambda: _is_login(names, text, asks_password=asks_password)),
    )
    named = next((reason for reason, holds in tests if holds()), None)
    named = named or notice(names, text, claimed=claimed)
    return named or ("paywall_stub" if is_paywall_stub(text, lines, paid=paid) else None)


def _is_titled(names: tuple[str, ...], title: re.Pattern[str]) -> bool:
    """Whether a name is this title and nothing more, the site's name aside."""
    return any(_TITLE_END.match(name, match.end()) for name in names for match in title.finditer(name))


def _is_challenge(names: tuple[str, ...], text: str, lines: Iterable[str]) -> bool:
    told = bool(_CHALLENGE_TEXT.search(text))
    if _is_titled(names, _CHALLENGE_TITLE):
        return told or len(text) <= VERY_SHORT
    if any(_CHALLENGE_TITLE.search(name) for name in names):
        return told and is_spoken(text, LEAST_SHARE)
    body = _beginning(lines, SHORT // 2 + 1)
    body = body if len(body) <= SHORT // 2 else text
    return len(body) <= SHORT // 2 and bool(_CHALLENGE_TEXT.search(body)) and is_spoken(body, LEAST_SHARE)


def _beginning(lines: Iterable[str], least: int) -> str:
    """The lines in one, as many as it takes for so many characters."""
    taken: list[str] = []
    length = -1
    for line in lines:
        taken.append(line)
        length += len(line) + 1
        if length >= least:
            break
    return " ".join(taken)


def _is_consent(names: tuple[str, ...], text: str) -> bool:
    return any(_CONSENT_TITLE.search(name) for name in names) and share_consenting(text) >= LEAST_TITLED


def _is_not_found(names: tuple[str, ...], text: str) -> bool:
    if _is_titled(names, _NOT_FOUND_TITLE):
        return len(text) <= SHORT // 2
    start = text[:_FIRST_LINES]
    if len(text) > VERY_SHORT // 2 or not is_spoken(text, LEAST_SHARE):
        return False
    return bool(_NOT_FOUND_TEXT.search(start) or _NOT_FOUND_TITLE.search(start))


def _is_login(names: tuple[str, ...], text: str, *, asks_password: bool) -> bool:
    named = _is_titled(names, _LOGIN)
    return len(text) <= VERY_SHORT and (named or (asks_password and bool(_LOGIN.search(text))))
