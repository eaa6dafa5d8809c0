"""Pages that stand in front of an article or in its place: told by their words, conservatively.

Each test needs a short text besides its words, because an article may be about any of these.
"""
# ruff: noqa: RUF001 - the words and signs of many languages are meant as they are

from __future__ import annotations

import re
from collections.abc import Callable

SHORT = 2500  # characters; no wall is longer, and most articles are
VERY_SHORT = 700
_FIRST_LINES = 120
_CONSENT_SHARE = 0.03  # consent words among all words of a consent wall
_CONSENT_WORDS = 4

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
_CHALLENGE_TEXT = re.compile(
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
    re.IGNORECASE,
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
_NOT_FOUND_TEXT = re.compile(
    r"\b(?:page|url|address|link)\b.{0,40} "
    r"(?:(?:was|is|could|can|does|has)(?:n['’]t| not| no longer)|cannot) "
    r"(?:be |been )?(?:found|available|exist)"
    r"|(?:can['’]?t|couldn['’]t|could not|cannot|unable to) find (?:the|this|that) page"
    r"|seite.{0,40} nicht (?:gefunden|mehr)|page.{0,40} (?:introuvable|n['’]existe (?:pas|plus))"
    r"|página.{0,40} no (?:existe|se encuentra)|pagina.{0,40} non (?:esiste|trovata)",
    re.IGNORECASE,
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
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent\w*|privacy|personal data|tracking|partners?|purposes|vendors?|preferences"
    r"|personali[sz]ed|legitimate interests?"
    r"|advertising|accept all|reject all|gdpr|tcf|third[- ]part(?:y|ies)|einwillig\w*|zustimm\w*"
    r"|datenschutz\w*|personenbezogen\w*|drittanbieter\w*|werbung|widerruf\w*"
    r"|akzeptieren|ablehnen|consentement|données (?:personnelles|à caractère personnel)|vie privée"
    r"|partenaires|finalités|accepter|refuser|consentimiento|privacidad"
    r"|datos personales|socios|aceptar|rechazar|consenso|dati personali|accetta\w*|rifiuta\w*|toestemming"
    r"|persoonsgegevens|samtycke|zgod\w|danych osobowych)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:(?:please )?(?:log|sign)[ -]?(?:in|on)\b|login|member login|create (?:an|your) account"
    r"|(?:bitte )?(?:anmelden|einloggen)|anmeldung|connexion|se connecter|identifiez-vous"
    r"|iniciar sesión|inicia sesión|accedi|inloggen|logga in|logg inn|log ind|zaloguj|войти|вход|entrar"
    r"|ログイン|로그인|登录)",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep reading|unlock|access)|(?:to|and) (?:continue"
    r"|keep) reading(?: this (?:article|story))?|to read (?:the (?:full|rest|whole)|this) (?:article|story)"
    r"|already a (?:subscriber|member)|(?:this (?:article|content|story) is|exclusive|only"
    r"|reserved) (?:available )?(?:only )?(?:for|to) (?:our )?(?:paying )?(?:subscribers|members)"
    r"|subscriber[- ]only|you(?:'ve| have) (?:reached|read) (?:your|all).{0,40}(?:limit|free articles)"
    r"|unlock this (?:article|story)|start your (?:free )?trial"
    r"|weiterlesen mit|jetzt weiterlesen|(?:sie haben|haben sie|bereits|schon) (?:bereits "
    r"|schon )?(?:ein )?(?:abo\b|abonnent|digital-abo)|nur für abonnenten|exklusiv für abonnenten"
    r"|um (?:den|diesen) artikel (?:zu lesen|weiterzulesen)"
    r"|réservée?s? aux abonnés|(?:déjà|vous êtes) abonné|abonnez-vous pour"
    r"|il vous reste .{1,12} de cet article|pour lire la suite"
    r"|(?:solo|exclusivo) para suscriptores|suscríbete para|para seguir leyendo|contenido exclusivo"
    r"|riservato agli abbonati|abbonati per|per continuare a leggere"
    r"|alleen voor abonnees|verder lezen\?|al abonnee|för prenumeranter|logga in för att läsa"
    r"|for abonnenter|dla subskrybentów|доступно только подписчикам|только для подписчиков"
    r"|有料会員|会員限定|この記事は有料|구독자 전용",
    re.IGNORECASE,
)


def wall(
    title: str, heading: str, text: str, page_text: str, *, paid: bool, asks_password: bool
) -> str | None:
    """Name the wall that a page is; None if it is none.

    Args:
        title: the page's `title`.
        heading: its first `h1`.
        text: the extracted text.
        page_text: all visible text of the page, or the beginning of a long one.
        paid: the page says in JSON-LD that it is not free to read.
        asks_password: the page has a password field.

    Returns:
        `challenge`, `soft_404`, `consent_wall`, `login_wall`, `paywall_stub` or None.
    """
    if len(text) > SHORT:
        return None
    names = [name for name in (title, heading) if name]
    tests: tuple[tuple[str, Callable[[], bool]], ...] = (
        ("challenge", lambda: _is_challenge(names, text, page_text)),
        ("soft_404", lambda: _is_not_found(names, text)),
        ("consent_wall", lambda: _is_consent(names, text)),
        ("login_wall", lambda: _is_login(names, text, asks_password=asks_password)),
        ("paywall_stub", lambda: _is_paywall(text, page_text, paid=paid)),
    )
    return next((reason for reason, holds in tests if holds()), None)


def _is_challenge(names: list[str], text: str, page_text: str) -> bool:
    body = page_text if len(page_text) <= SHORT else text
    told = bool(_CHALLENGE_TEXT.search(text))
    for name in names:
        if match := _CHALLENGE_TITLE.search(name):
            return told or (len(text) <= VERY_SHORT and bool(_TITLE_END.match(name, match.end())))
    return len(body) <= SHORT // 2 and bool(_CHALLENGE_TEXT.search(body))


def _is_consent(names: list[str], text: str) -> bool:
    words = len(text.split())
    found = len(_CONSENT_WORD.findall(text))
    if any(_CONSENT_TITLE.search(name) for name in names):
        return found >= _CONSENT_WORDS // 2
    return found >= _CONSENT_WORDS and found >= 2 * _CONSENT_SHARE * words


def _is_not_found(names: list[str], text: str) -> bool:
    if any(_NOT_FOUND_TITLE.search(name) for name in names):
        return len(text) <= SHORT // 2
    if len(text) <= VERY_SHORT // 2 and _NOT_FOUND_TEXT.search(text[:_FIRST_LINES]):
        return True
    return len(text) <= VERY_SHORT and bool(_NOT_FOUND_TITLE.search(text[:_FIRST_LINES]))


def _is_login(names: list[str], text: str, *, asks_password: bool) -> bool:
    named = any(_LOGIN.search(name) for name in names)
    return len(text) <= VERY_SHORT and (named or (asks_password and bool(_LOGIN.search(text))))


def _is_paywall(text: str, page_text: str, *, paid: bool) -> bool:
    if len(text) > (SHORT // 2 if paid else VERY_SHORT):
        return False
    looked_at = page_text if paid or len(page_text) <= SHORT else text
    return bool(_PAYWALL.search(looked_at))
