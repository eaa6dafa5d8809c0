"""Pages that stand in front of an article or in its place: told by their words, conservatively.

Each test needs a short text besides its words, because an article may be about any of these.
"""

from __future__ import annotations

import re

SHORT = 2500  # characters; no wall is longer, and most articles are
VERY_SHORT = 700
_CONSENT_SHARE = 0.03  # consent words among all words of a consent wall
_CONSENT_WORDS = 4

_CHALLENGE_TITLE = re.compile(
    r"^(?:just a moment|one moment,? please|please wait|attention required|access (?:to this page has been )?denied|access denied"
    r"|are you a (?:robot|human)|robot check|bot verification|human verification|verify(?:ing)? (?:you are|that you are|you're) (?:a )?human"
    r"|please verify|security (?:check|verification)|ddos protection|ddos-guard|checking your browser|pardon our interruption|captcha"
    r"|request (?:blocked|unsuccessful|rejected)|unusual traffic|you have been blocked|forbidden|403 forbidden|error 403"
    r"|einen moment|un momento|un instant|один момент|少々お待ちください|请稍候)",
    re.IGNORECASE,
)
_CHALLENGE_TEXT = re.compile(
    r"verif(?:y|ying|ies) (?:that )?you are (?:a )?(?:human|not a (?:ro)?bot)|checking (?:if the site connection is secure|your browser)"
    r"|needs to review the security of your connection|enable javascript and cookies to continue|prove (?:that )?you(?: are|'re) (?:a )?human"
    r"|unusual (?:traffic|activity) (?:from|on) your|complete the (?:captcha|security check)|solve (?:this|the) captcha|i'?m not a robot"
    r"|why (?:do i have to complete a captcha|have i been blocked)|you(?:'ve| have) been blocked|your (?:ip|request) (?:address )?(?:has been|was) blocked"
    r"|press (?:&|and) hold|performance (?:&|and) security by|ray id|incapsula incident|you don't have permission to access"
    r"|something about your browser made us think you (?:were|are|might be) a bot|automated (?:access|requests|bot activity)"
    r"|bist du ein (?:mensch|roboter)|kein roboter|sind sie ein mensch|êtes-vous un (?:humain|robot)|no (?:eres|soy|es usted) un robot|вы не робот|подтвердите, что вы",
    re.IGNORECASE,
)
_NOT_FOUND_TITLE = re.compile(
    r"(?:^|[|–—:·-]\s*)(?:(?:error|fehler|erreur)?\s*(?:404|410)\b(?!\s*(?:dead|people|km|million|meter|metre))|(?:oops[!,. ]*)?(?:sorry[!,. ]*)?"
    r"(?:the |this |that )?(?:page|article|story|content|url|file|document)(?: you(?:'re| are)? \w+(?: for)?)?"
    r"(?: was| is| has been| could| can| does|'s| cannot)*(?:n[o'’]t| not| no longer| been)* (?:be )?(?:found|available|exist\w*|removed|deleted|expired)"
    r"|not found|nothing found|page (?:missing|gone|unavailable)"
    r"|(?:die )?(?:seite|artikel|inhalt)(?: wurde| konnte| ist)?(?: leider)? nicht (?:gefunden|verfügbar|vorhanden|existiert)"
    r"|(?:cette )?page (?:introuvable|non trouvée|inexistante)|contenu introuvable|página (?:no|não) (?:encontrada|existe|disponible)"
    r"|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|hittades inte|finns inte)|siden (?:finnes ikke|blev ikke fundet|ble ikke funnet)"
    r"|nie znaleziono strony|strona nie istnieje|страница не найдена|сторінку не знайдено|halaman tidak ditemukan|sayfa bulunamadı"
    r"|ページが見つかりません|お探しのページ|페이지를 찾을 수 없습니다|页面不存在|找不到(?:该|您)?.{0,6}页面)",
    re.IGNORECASE,
)
_CONSENT_TITLE = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy (?:choices|matters)|privacy (?:settings|preferences|notice|consent|gate)"
    r"|cookie (?:consent|settings|preferences|notice|policy|wall)|consent (?:required|management)|accept cookies|(?:mit|trotz) werbung (?:weiter|und cookies)"
    r"|datenschutz-?(?:einstellungen|hinweis)|cookie-?(?:einstellungen|hinweis|zustimmung)|einwilligung|zustimmung erforderlich|bevor sie fortfahren"
    r"|votre vie privée|respect de votre vie privée|gestion des cookies|avant de continuer|su privacidad|tu privacidad|antes de continuar"
    r"|la tua privacy|rispettiamo la tua privacy|uw privacy|jouw privacy|twoja prywatność|din integritet|personvern|ваша конфиденциальность",
    re.IGNORECASE,
)
_CONSENT_WORD = re.compile(
    r"\b(?:cookies?|consent\w*|privacy|personal data|tracking|partners?|purposes|vendors?|preferences|personali[sz]ed|legitimate interests?"
    r"|advertising|accept all|reject all|gdpr|tcf|third[- ]part(?:y|ies)|einwillig\w*|zustimm\w*|datenschutz\w*|personenbezogen\w*|drittanbieter\w*|werbung|widerruf\w*"
    r"|akzeptieren|ablehnen|consentement|données (?:personnelles|à caractère personnel)|vie privée|partenaires|finalités|accepter|refuser|consentimiento|privacidad"
    r"|datos personales|socios|aceptar|rechazar|consenso|dati personali|accetta\w*|rifiuta\w*|toestemming|persoonsgegevens|samtycke|zgod\w|danych osobowych)\b",
    re.IGNORECASE,
)
_LOGIN = re.compile(
    r"^(?:(?:please )?(?:log|sign)[ -]?(?:in|on)\b|login|member login|create (?:an|your) account|(?:bitte )?(?:anmelden|einloggen)|anmeldung|connexion|se connecter|identifiez-vous"
    r"|iniciar sesión|inicia sesión|accedi|inloggen|logga in|logg inn|log ind|zaloguj|войти|вход|entrar|ログイン|로그인|登录)",
    re.IGNORECASE,
)
_PAYWALL = re.compile(
    r"subscribe (?:now )?to (?:continue|read|keep reading|unlock|access)|(?:to|and) (?:continue|keep) reading(?: this (?:article|story))?|to read (?:the (?:full|rest|whole)|this) (?:article|story)"
    r"|already a (?:subscriber|member)|(?:this (?:article|content|story) is|exclusive|only|reserved) (?:available )?(?:only )?(?:for|to) (?:our )?(?:paying )?(?:subscribers|members)"
    r"|subscriber[- ]only|you(?:'ve| have) (?:reached|read) (?:your|all).{0,40}(?:limit|free articles)|unlock this (?:article|story)|start your (?:free )?trial"
    r"|weiterlesen mit|jetzt weiterlesen|(?:sie haben|haben sie|bereits|schon) (?:bereits |schon )?(?:ein )?(?:abo\b|abonnent|digital-abo)|nur für abonnenten|exklusiv für abonnenten|um (?:den|diesen) artikel (?:zu lesen|weiterzulesen)"
    r"|réservée?s? aux abonnés|(?:déjà|vous êtes) abonné|abonnez-vous pour|il vous reste .{1,12} de cet article|pour lire la suite"
    r"|(?:solo|exclusivo) para suscriptores|suscríbete para|para seguir leyendo|contenido exclusivo|riservato agli abbonati|abbonati per|per continuare a leggere"
    r"|alleen voor abonnees|verder lezen\?|al abonnee|för prenumeranter|logga in för att läsa|for abonnenter|dla subskrybentów|доступно только подписчикам|только для подписчиков"
    r"|有料会員|会員限定|この記事は有料|구독자 전용",
    re.IGNORECASE,
)


def wall(title: str, heading: str, text: str, page_text: str, *, paid: bool, asks_password: bool) -> str | None:
    """Name the wall that a page is; None if it is none.

    Args:
        title, heading: the page's `title` and its first `h1`.
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
    if _is_challenge(names, text, page_text):
        return "challenge"
    if len(text) <= SHORT // 2 and any(_NOT_FOUND_TITLE.search(name) for name in names):
        return "soft_404"
    if _NOT_FOUND_TITLE.search(text[:80]) and len(text) <= VERY_SHORT:
        return "soft_404"
    if _is_consent(names, text):
        return "consent_wall"
    if len(text) <= VERY_SHORT and (
        any(_LOGIN.search(name) for name in names) or (asks_password and _LOGIN.search(text))
    ):
        return "login_wall"
    limit = SHORT // 2 if paid else VERY_SHORT
    if len(text) <= limit and _PAYWALL.search(page_text if paid or len(page_text) <= SHORT else text[-VERY_SHORT:]):
        return "paywall_stub"
    return None


def _is_challenge(names: list[str], text: str, page_text: str) -> bool:
    body = page_text if len(page_text) <= SHORT else text
    if any(_CHALLENGE_TITLE.search(name) for name in names):
        return len(text) <= VERY_SHORT or bool(_CHALLENGE_TEXT.search(text))
    return len(body) <= SHORT // 2 and bool(_CHALLENGE_TEXT.search(body))


def _is_consent(names: list[str], text: str) -> bool:
    words = len(text.split())
    found = len(_CONSENT_WORD.findall(text))
    if any(_CONSENT_TITLE.search(name) for name in names):
        return found >= _CONSENT_WORDS // 2
    return found >= _CONSENT_WORDS and found >= 2 * _CONSENT_SHARE * words
