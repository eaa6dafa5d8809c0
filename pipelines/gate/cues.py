"""What a page says when it is no article: turns of phrase that speak to the reader, by kind, in many languages.

A cue is a phrase of address or of state ("your browser is being checked"), not a topic: an article about captchas
says "captcha", but rarely "please solve the captcha below".
"""
# ruff: noqa: E501, RUF001 - tables of phrases are easier to read unbroken, and the signs of many languages are meant

from __future__ import annotations

import re

from pipelines.gate.phrases import Phrases

CHALLENGE = Phrases(
    r"(?:your|this) (?:visit|session|traffic) (?:looks|seems|appears)",
    r"^request blocked|our firewall|unsere firewall|nuestro cortafuegos|notre pare-feu",
    r"look at your browser|sicherheits(?:prüfung|check) läuft|seguridad de tu conexión|contrôle de sécurité en cours|自動プログラム|ブラウザが安全",
    r"(?:non sia|sei) un (?:ro)?bot|(?:żądanie|dostęp) zosta\w+ zablokowan|что вы не робот",
    r"(?:verify|confirm|check|prove|mak\w+ sure|ensur\w+)\b.{0,20}\b(?:you|visitor|request|person)\b.{0,25}(?:human|person|robot|bot|program)",
    r"(?:checking|verifying|reviewing) (?:your|the|if the)\b.{0,20}(?:browser|connection)",
    r"(?:i am|i'm|are you|you are|you're) (?:not )?a (?:ro)?bot\b(?!,| that)",
    r"^are you (?:a )?(?:human|person)",
    r"unusual (?:traffic|requests|activity) (?:from|on|in|coming)",
    r"(?:solve|complete) the (?:puzzle|captcha|challenge|security check)\b.{0,20}(?:below|to|before)",
    r"you (?:have been|were|are) (?:temporarily )?blocked",
    r"access to this (?:page|site|resource) (?:has been|was|is) (?:denied|blocked|forbidden)",
    r"^access (?:is |was )?denied\W*$",
    r"(?:your|this) (?:request|ip|ip address|access) (?:has been|was|is) (?:blocked|denied|rejected)",
    r"(?:site|page) uses a security (?:service|solution)",
    r"one more step before",
    r"security of your connection",
    r"(?:enable|allow|turn on|accept) (?:javascript and )?cookies",
    r"browser (?:does not|doesn't|must|has to|is not) .{0,15}cookies",
    r"^cookies (?:are )?(?:off|disabled|required|blocked)",
    r"(?:incident|reference|event|support) (?:id|number|#)",
    r"browser wird (?:gerade )?(?:über|ge)prüft",
    r"(?:kein|nicht ein) roboter",
    r"(?:dass|ob) (?:sie|du) ein mensch",
    r"ungewöhnlich\w* (?:viele )?(?:anfragen|zugriffe|aktivität|datenverkehr)",
    r"(?:anfrage|zugriff|ip-adresse) (?:wurde|ist) (?:blockiert|gesperrt|verweigert|abgelehnt)",
    r"^zugriff verweigert",
    r"zeichen aus dem bild",
    r"(?:gleich|automatisch|umgehend) weitergeleitet",
    r"sicherheitsdienst gegen|vorgangsnummer",
    r"(?:erlauben|aktivieren|akzeptieren) sie (?:bitte )?(?:javascript und )?cookies|cookies (?:erforderlich|deaktiviert)|browser nimmt keine cookies|^sicherheits(?:abfrage|überprüfung|prüfung)",
    r"(?:comprobando|verificando) (?:tu|su|que) ?",
    r"(?:que|si) (?:eres|es usted) (?:una persona|un humano|humano)",
    r"no soy un robot",
    r"tráfico inusual|actividad inusual",
    r"(?:solicitud|acceso|ip) (?:ha sido|fue|está) (?:bloquead|denegad|rechazad)",
    r"^acceso denegado",
    r"caracteres de la imagen",
    r"^verificación de seguridad",
    r"servicio de seguridad contra|número de incidente",
    r"serás redirigid",
    r"(?:activa|habilita|permite)\w* (?:javascript y )?(?:las )?cookies|no acepta cookies|^cookies desactivadas",
    r"nous vérifions (?:votre|que)|vérification de votre navigateur",
    r"(?:que )?(?:vous êtes|êtes-vous) (?:bien )?un (?:humain|être humain|robot)",
    r"pas un robot",
    r"(?:activité|trafic) inhabituel",
    r"(?:requête|accès|adresse ip) a été (?:bloqué|refusé)",
    r"^accès (?:refusé|interdit)",
    r"caractères de l['’]image",
    r"^vérification de sécurité",
    r"service de sécurité contre|numéro d['’]incident",
    r"serez redirigé",
    r"(?:activez|autorisez) (?:javascript et )?les cookies|n['’]accepte pas les cookies|^cookies désactivés",
    r"ブラウザを(?:確認|チェック)",
    r"(?:ロボット|人間)(?:では|で)(?:ない|ありません|ある)",
    r"通常と異なる(?:アクセス|トラフィック)",
    r"接続の安全性を確認",
    r"画像の文字",
    r"アクセス(?:が|は)(?:拒否|制限|ブロック)",
    r"リクエストは(?:ブロック|拒否)",
    r"^セキュリティ(?:確認|チェック)",
    r"攻撃を防ぐための",
    r"cookieが無効|cookieを有効|自動的に(?:ページへ)?移動",
    r"^しばらくお待ちください",
    r"verifica(?:ndo)? (?:di sicurezza|che tu sia|il tuo browser)|accesso negato|la tua richiesta è stata bloccata|non sono un robot|traffico insolito|abilita (?:javascript e )?i cookie",
    r"verificando (?:se )?você|não sou um robô|acesso negado|tráfego incomum|sua solicitação foi bloqueada|ative (?:o javascript e )?os cookies",
    r"ik ben geen robot|controleren (?:van )?(?:je|uw) (?:browser|verbinding)|toegang (?:geweigerd|ontzegd)|ongewoon verkeer|schakel (?:javascript en )?cookies in",
    r"jag är inte en robot|jeg er ikke en robot|kontrollerar din webbläsare|åtkomst nekad|adgang nægtet|ingen tilgang|aktivera (?:javascript och )?cookies",
    r"nie jestem robotem|sprawdzamy (?:twoją|twoja) |odmowa dostępu|dostęp zabroniony|włącz (?:javascript i )?(?:obsługę )?(?:plików )?cookie",
    r"я не робот|проверяем ваш|проверка (?:браузера|безопасности)|доступ (?:запрещ[её]н|ограничен|заблокирован)|необычн\w+ трафик|включите (?:javascript и )?(?:файлы )?cookie",
    r"ben robot değilim|erişim engellendi|tarayıcınız kontrol",
    r"我不是机器人|正在检查您的浏览器|访问被拒绝|异常流量|启用 ?cookie|로봇이 아닙니다|접근이 (?:거부|차단)|쿠키를 (?:허용|활성화)",
)
NOT_FOUND = Phrases(
    r"\blink\b.{0,30}(?:broken|dead|expired)|taken (?:this|the|it)\b.{0,25}\bdown|depubliziert|unter dieser adresse|enlace\b.{0,30}roto|fue retirad|lien\b.{0,30}(?:cassé|mort|rompu)|changé d['’]adresse|a été retiré",
    r"リンク切れ|ページはありません|(?:配信|公開|掲載)(?:は|を)?終了|アドレスが間違",
    r"\b(?:page|story|article|content|address|url|link)\b.{0,45}(?:does not exist|doesn['’]t exist|no longer (?:exists|available|online|here)|(?:has |was |been )*(?:moved|removed|deleted|expired|taken down)|(?:could not|couldn['’]t|cannot|can['’]t|was not|wasn['’]t) (?:be )?found|(?:isn['’]t|is not|not) (?:here|available|found))",
    r"(?:could not|couldn['’]t|cannot|can['’]t|unable to) find (?:the|this|that|what|any)",
    r"(?:address|url) is (?:wrong|mistyped)",
    r"returned no (?:results|matches)|no (?:results|matches|articles|stories)(?: were| was)? (?:found|for|match)|^nothing (?:was )?found|did not match any",
    r"for reasons of copyright",
    r"(?:seite|artikel|beitrag|inhalt|adresse|meldung)\b.{0,40}(?:existiert|gibt es|wurde|ist|konnte|steht)\b.{0,20}(?:nicht|verschoben|gelöscht|entfernt|abgelaufen|mehr)",
    r"nicht mehr (?:verfügbar|abrufbar|vorhanden|online)",
    r"keine (?:treffer|ergebnisse)|nichts gefunden",
    r"lizenzrechtlich\w* gründen|rechtegründen",
    r"(?:página|noticia|artículo|contenido|dirección)\b.{0,40}(?:no existe|no se encuentra|ya no está|caducad|ha sido (?:eliminad|movid|retirad)|retirad)",
    r"no (?:hemos|se ha|pudimos|encontramos)\w* ?(?:encontrado|encontrar)?\b.{0,12}(?:la página|el contenido|lo que)",
    r"(?:no se han encontrado|sin|no hay) resultados",
    r"por derechos de autor",
    r"(?:page|article|contenu|adresse)\b.{0,40}(?:n['’]existe (?:pas|plus)|introuvable|n['’]est plus (?:disponible|en ligne)|a (?:expiré|été (?:supprim|déplac|retir)))",
    r"(?:nous )?n['’]avons pas (?:pu )?trouv\w+ (?:la page|l['’]article)",
    r"aucun (?:résultat|article)",
    r"raisons de droits d['’]auteur",
    r"^article expiré",
    r"お探しのページ|ページ(?:が|は)(?:見つかり|存在しま|削除|移動)|url(?:が|は)変更|記事(?:の公開|の掲載|は掲載|は削除|が見つかり)|掲載期間|(?:一致する|該当する)(?:記事|ページ|結果)は|見つかりませんでした",
    r"pagina (?:non (?:trovata|esiste|disponibile)|che cerchi)|articolo (?:non è più|scaduto)|nessun risultato",
    r"página não (?:encontrada|existe)|(?:conteúdo|notícia) (?:não está mais|indisponível|expirou)|nenhum resultado",
    r"pagina (?:niet gevonden|bestaat niet)|artikel is niet (?:meer )?beschikbaar|geen resultaten",
    r"sidan (?:finns inte|kunde inte)|artikeln är inte längre|siden (?:finnes|findes|eksisterer) ikke|artiklen er ikke|inga (?:träffar|resultat)|ingen (?:treff|resultater)",
    r"strona (?:nie istnieje|nie została)|nie znaleziono|artykuł (?:nie istnieje|został usunięty|nie jest już)|brak wyników",
    r"страниц\w+.{0,25}(?:не найден|не существует|удал[её]н)|материал (?:удал[её]н|недоступен)|ничего не найдено",
    r"sayfa bulunamad|sonuç bulunamad|içerik kaldırıld|页面不存在|(?:页面|文章|内容)已(?:被)?(?:删除|过期|下线)|没有(?:找到)?(?:相关)?结果|페이지를 찾을 수 없|기사가 삭제|검색 결과가 없",
)
LOGIN = Phrases(
    r"enter your (?:user ?name|e-?mail|password)|(?:benutzername|kennwort|passwort) ein|(?:usuario|contraseña|clave) para|introduce tu|(?:identifiant|mot de passe) pour|saisissez votre|パスワードを入力",
    r"(?:sign|log) ?in (?:with|to (?:your|continue|go on|read|view|see))",
    r"(?:forgot|reset) your password|forgotten password",
    r"(?:create|open) (?:an|your|a free) (?:\w+ )?account",
    r"new here\?|don['’]t have an account|already have an account|^welcome back",
    r"melde\w* (?:sie sich|dich)|passwort vergessen|noch kein (?:konto|kundenkonto)|jetzt (?:kostenlos )?(?:registrieren|anmelden)|^willkommen zurück",
    r"inici(?:a|e) sesión (?:con|para)|olvid\w+ (?:tu|su|la) contraseña|no tienes (?:una )?cuenta|regístrate gratis|^te damos la bienvenida",
    r"connectez-vous (?:avec|pour|à)|mot de passe oublié|pas encore de compte|(?:inscrivez-vous|créez) (?:gratuitement|votre compte)|^bon retour",
    r"(?:でログイン|ログインして|パスワードをお忘れ|アカウントをお持ち|無料で登録)",
    r"accedi (?:con|per)|password dimenticata|non hai un account|entre com (?:seu|sua)|esqueceu (?:a|sua) senha|log in met|wachtwoord vergeten|logga in (?:med|för)|glömt lösenord|log(?:g|) ind? med|glemt (?:passord|adgangskode)",
    r"zaloguj się|nie pamiętasz hasła|войдите|забыли пароль|giriş yapın|şifremi unuttum|请登录|忘记密码|로그인하세요|비밀번호(?:를 잊|찾기)",
)
NO_SCRIPT = Phrases(
    r"without javascript|ohne javascript|sin javascript|sans javascript|javascriptがオフ",
    r"(?:enable|turn on|activate|requires?|needs?) javascript|javascript (?:is|must be|has to be|needs to be)? ?(?:disabled|enabled|off|required|turned)",
    r"javascript.{0,30}(?:aktiv|ausgeschaltet|eingeschaltet|benötigt|deaktiviert)|(?:aktivieren|schalten) sie (?:bitte )?javascript",
    r"(?:activ|habilit)\w+ (?:el )?javascript|javascript (?:está|esta) (?:desactiv|deshabilit)",
    r"activer javascript|activez(?:-le| javascript)|javascript est (?:désactiv|requis|nécessaire)",
    r"javascript(?:を有効|が無効)|有効にしてから再読み込み",
    r"(?:abilita|attiva)\w* javascript|(?:ative|habilite) o javascript|schakel javascript in|aktivera javascript|aktiver javascript|włącz\w* (?:obsługę )?javascript|включите javascript|javascript'i etkin|启用 ?javascript|javascript를 (?:활성화|사용)",
)
ERROR = Phrases(
    r"unexpected error|trouble reaching|unerwarteter fehler|konnte nicht geladen|error inesperado|no se ha podido cargar|erreur inattendue|n['’]a pas pu être chargée?|予期しないエラー|読み込めませんでした",
    r"^en obras\W*$|^travaux en cours\W*$|check back (?:in|later|soon)|更新作業を行って|工事中\W*$",
    r"(?:down|closed|offline|unavailable) for (?:\w+ )?maintenance|(?:undergoing|under|performing|scheduled) (?:\w+ )?maintenance|^we(?:['’]ll| will) be (?:right )?back|be back (?:soon|shortly|within)",
    r"^(?:error |http )?50[0-4]\b|bad gateway|service (?:temporarily )?unavailable|gateway time-?out|internal server error|web server is (?:down|not returning)|(?:invalid|no) (?:answer|response) (?:from|was received)",
    r"(?:something|an error) (?:went wrong|has occurred|occurred)(?: on our| while|\W*$)|(?:temporarily|currently) unavailable\W*$|backend fetch failed|origin (?:server )?(?:is )?(?:unreachable|error)",
    r"wartungsarbeiten (?:durch|und)|^wartungsarbeiten\W*$|vorübergehend nicht (?:erreichbar|verfügbar)|in kürze wieder|server ist (?:über|nicht)|^fehler 50\d|interner serverfehler|es ist ein fehler aufgetreten",
    r"(?:sitio|web|página) está en mantenimiento|^volvemos (?:enseguida|pronto)|volveremos (?:en|pronto)|^error 50\d|error interno|servidor no (?:ha podido|está|responde)|temporalmente (?:no disponible|fuera)",
    r"(?:site|page) est (?:actuellement )?en (?:cours de )?maintenance|^de retour bientôt|serons de retour|^erreur 50\d|temporairement (?:indisponible|inaccessible)|serveur n['’]a pas répondu|erreur (?:interne|s['’]est produite)",
    r"メンテナンス(?:中\W*$|のため(?:サービス|現在|ただいま))|サーバーが(?:一時的|混み合)|サービスを停止|アクセスが集中|しばらく時間をおいて|作業は.{0,12}終了する予定",
    r"sito (?:è )?in manutenzione|torniamo (?:subito|presto)|servizio (?:temporaneamente )?non disponibile|em manutenção|voltamos (?:já|em breve)|serviço indisponível|(?:in|voor) onderhoud|zijn zo terug|tijdelijk niet (?:beschikbaar|bereikbaar)|underhåll|vedlikehold|vedligeholdelse|snart tilbake",
    r"przerwa techniczna|prace (?:techniczne|konserwacyjne)|chwilowo niedostępn|технические работы|ведутся работы|временно недоступ\w+|bakım (?:çalışması|nedeniyle)|系统维护|服务(?:暂时)?不可用|점검 ?중|일시적으로 (?:사용|이용)",
)
GEO = Phrases(
    r"(?:visitors|readers|users|besucher\w*|visitantes|visiteurs)\b.{0,20}(?:from|in|aus|desde|de)\b.{0,12}(?:europ|your|the)|日本国外から|国外からは",
    r"(?:not |un)available in (?:your|this) (?:country|region|location|territory)|(?:your|this) (?:country|region|location)\b.{0,30}(?:not (?:supported|available)|blocked|restricted)|european economic area|cannot grant you access|(?:content|site) is not available (?:from|in) (?:where|your)",
    r"in (?:ihrem land|ihrer region|deinem land|deiner region)",
    r"(?:en|desde|para) (?:tu|su) (?:país|región|ubicación)|desde el país",
    r"(?:dans|depuis) votre (?:pays|région)|dans le pays où vous",
    r"お住まいの(?:国|地域)|国や地域からは|現在の接続元",
    r"nel tuo paese|nella tua (?:regione|area)|no seu país|na sua região|in (?:uw|jouw) (?:land|regio)|i ditt land|i dit land|w twoim kraju|в вашей стране|в вашем регионе|ülkenizde|bölgenizde|您所在的(?:国家|地区)|해당 (?:국가|지역)",
)
AGE = Phrases(
    r"of legal age|your (?:birthday|year of birth)|volljährig sein|ihr geburtsjahr|mayor de edad|año de nacimiento|être majeur|année de naissance|未成年の方|生年を選",
    r"(?:are you|i am|you (?:are|must be)).{0,20}\b(?:18|21|adult)\b",
    r"(?:confirm|verify) your (?:age|date of birth)|your date of birth|for adults only|yes, i(?:['’]m| am)",
    r"sind sie (?:mindestens|schon|über)? ?(?:1[68]|volljährig)|ihr (?:alter|geburtsdatum)|nur für erwachsene|^altersprüfung",
    r"(?:eres|soy|es usted) mayor de|mayores de (?:18|edad)|(?:tu|su) (?:edad|fecha de nacimiento)|^verificación de edad",
    r"(?:avez-vous|j['’]ai) (?:plus de )?18|votre (?:âge|date de naissance)|réservée? aux (?:adultes|majeurs)|^vérification de l['’]âge",
    r"18歳以上|^年齢確認|生年月日を入力",
    r"hai (?:più di )?18 anni|maggiorenne|tens? mais de 18|maior de 18|ben je (?:al )?18|är du (?:över )?18|er du over 18|masz (?:ukończone )?18|вам (?:уже )?(?:есть )?18|18 yaşından|您(?:是否)?(?:已)?年满18|만 18세",
)
RATE = Phrases(
    r"too (?:fast|quickly|many times)\b|zu schnell auf|demasiado rápido|trop vite|アクセス回数",
    r"too many requests|(?:rate|request) limit (?:exceeded|reached)|wait (?:a few|some|\d+) (?:minutes|seconds) before",
    r"zu viele anfragen|warten sie (?:einige|ein paar) (?:minuten|sekunden)",
    r"demasiadas (?:solicitudes|peticiones)|espera unos (?:minutos|segundos)",
    r"trop de (?:requêtes|demandes)|patienter quelques (?:minutes|secondes)",
    r"リクエストが(?:多すぎ|送信)|多数のリクエスト|(?:数分間|しばらく)お待ち(?:いただ|くだ)",
    r"troppe richieste|solicitações demais|muitas (?:solicitações|requisições)|te veel (?:verzoeken|aanvragen)|för många (?:förfrågningar|anrop)|for mange forespørsler|zbyt wiele (?:zapytań|żądań)|слишком много запросов|çok fazla istek|请求过多|요청이 너무 많",
)
PARKED = Phrases(
    r"this web address|domain (?:is )?(?:not in use|registered)|interes\w+ (?:in|an|el) .{0,12}(?:domain|name|nombre)|nom de domaine \?|entsteht eine neue|ドメインは現在使用",
    r"(?:this |the )?domain(?: name)? (?:\S+ )?(?:is|may be) for sale|may be for sale by its owner|buy this domain|domain (?:is )?parked|sponsored listings",
    r"domain .{0,40}(?:zum verkauf|zu verkaufen|erworben werden|geparkt)|domain .{0,30}beim anbieter",
    r"dominio .{0,30}en venta|ofrece el dominio|compra este dominio",
    r"domaine .{0,30}(?:à vendre|est proposé)|achetez ce domaine",
    r"ドメイン.{0,30}(?:売りに|販売|購入)|購入を(?:ご希望|申し込)",
    r"dominio è in vendita|domínio (?:está )?à venda|domein(?:naam)? is te koop|domänen är till salu|domenet er til salgs|domena (?:jest )?na sprzedaż|домен (?:прода[её]тся|припаркован)|域名.{0,6}出售|도메인.{0,6}판매",
)
# What such pages advise beside their cue; it decides nothing alone.
ADVICE = Phrases(
    r"try the search|pick a|section above|come back|geduld|schauen sie|vuelve|revenez|merci de|torna alla|ga terug|вернитесь|skontaktuj|verrai|ご利用ください",
    r"(?:please )?try (?:again|other)|reload|load (?:it|the page) again|refresh (?:the|this|your) page|thank you for your patience|contact (?:us|the|your)|write to (?:us|the owner)|front ?page|home ?page|use the search|check the (?:address|url|spelling)|this (?:may |will )?takes? (?:a few|less)|keep looking for ways|by going on|pick all|older stories|look through",
    r"(?:erneut|noch einmal|später)\b|seite neu|startseite|suche|tippfehler|geduld|verständnis|wenden sie sich|versuchen sie|wir arbeiten daran|archiv|bestätigen sie",
    r"int[ée]ntal?o|volver a|vuelve a|buscador|portada|comprueba|disculpa|escribe|prueba con|hemeroteca|motivos legales",
    r"réessayer|rechargez|recherche|page d['’]accueil|vérifiez|merci de|contactez|veuillez|essayez|raisons juridiques|archives",
    r"もう一度|再度|再読み込み|トップページ|お問い合わせ|ご確認|ご不便|お探し|お試し|法律上の理由|過去の記事|してください",
    r"riprova|ricarica|contatta|tente novamente|recarregue|probeer (?:het )?opnieuw|försök igen|prøv (?:igjen|igen)|spróbuj ponownie|попробуйте|обновите страницу|tekrar deneyin|请(?:稍后)?重试|다시 시도",
)

KINDS: dict[str, Phrases] = {
    "rate_limit": RATE,
    "geo_block": GEO,
    "age_gate": AGE,
    "parked_domain": PARKED,
    "needs_javascript": NO_SCRIPT,
    "challenge": CHALLENGE,
    "soft_404": NOT_FOUND,
    "error_page": ERROR,
    "login_wall": LOGIN,
}

CONSENT_WORD = Phrases(
    r"\b(?:cookies?|consent\w*|privacy|personal data|tracking|partners?|purposes|vendors?|preferences|personali[sz]ed|legitimate interests?|advertising|accept all|reject all|gdpr|tcf)\b",
    r"\b(?:einwillig\w*|zustimm\w*|datenschutz\w*|personenbezogen\w*|drittanbieter\w*|werbung|widerruf\w*|akzeptieren|ablehnen)\b",
    r"\b(?:consentement|données|vie privée|confidentialité|partenaires|finalités|accepter|refuser|publicité)\b",
    r"\b(?:consentimiento|privacidad|datos personales|socios|publicidad|aceptar|rechazar|preferencias)\b",
    r"クッキー|cookie|同意|プライバシー|個人(?:データ|情報)|パートナー|広告",
    r"\b(?:consenso|dati personali|pubblicità|accetta\w*|rifiuta\w*|consentimento|dados pessoais|publicidade|aceitar|toestemming|persoonsgegevens|advertenties|samtycke|samtykke|personuppgifter|personopplysninger|zgod\w|danych osobowych|reklam\w*|согласи\w|файлы cookie|персональны\w+|реклам\w+|rıza|çerez\w*|kişisel veri\w*)\b|同意|隐私|个人信息|동의|쿠키|개인정보",
)
# Who speaks to whom; German "Sie" is only told from "sie" by its case. A
# site that speaks of itself by name still says "its partners".
ADDRESS = re.compile(
    r"(?i:\b(?:we|our|you|your|wir|unsere?[nmrs]?|ihre[nmrs]?|dein\w*|nous|nos|votre|vos|vous|nosotros|nuestr\w+|tus?|usted|usamos|utilizamos|noi|nostr\w+|us|tuoi?|tua|nossos?|seus?|sua|você|wij|onze|uw|jouw|je|vi|våra|våre|vores|din|ditt|nasz\w*|twoj\w+|twoich|мы|наши\w?|ваш\w*|вы|sizin|biz)\b)|\bSie\b|\bIhr\b"
    r"|(?i:\b(?:its|sus|ses|seine|i suoi|seus|zijn|sina|sine)(?: \d+)? (?:partn\w+|socios|parceiros)|\bdebe aceptar)|当社|弊社|当サイト|いただ|ください|我们|您|당사|귀하"
    # Spanish and Japanese leave the "you" out: their verbs and their courtesy say it.
    r"|(?i:\b(?:te|ti|tienes|puedes|quieres|eres|crees|buscas|buscabas|seguimos|podemos|queremos|\w+(?:á|é|í)(?:te|me|los|las)|has (?:\w+[ai]do|visto|hecho|abierto|escrito))\b)"
    r"|お(?:使い|客様|探し|試し|確かめ|選び|待ち|待たせ|示し|願い|読み|済ませ|手入れ|困り|住まい|心当たり)|ご(?:覧|利用|連絡|提供|不便|確認|迷惑|了承|案内|注意|希望)|申し訳|でしょうか|の方(?:へ|は|だけ|向け)"
)
# What a notice is about: the visit itself, the page, the reader's tools, their account. Of an article's sentences
# few speak to the reader, and of these hardly any speak of such a thing.
VISIT = Phrases(
    r"\b(?:browsers?|pages?|link|addresses|this address|spelling|site|website|cookies?|scripts?|javascript|devices?|network|box|puzzle|robots?|reload|password|e-?mail|account|members?|subscri\w+|supporter|free (?:stories|articles)|plans?|adverti\w+|adverts?|ads|search|front page|support|reference|settings?|archive|this (?:story|article|visit|link|error)|country you)\b",
    r"\b(?:browser\w*|seiten?|link|adresse|schreibweise|cookies?|skripte?|javascript|gerät\w*|anschluss|netzwerk|rätsel|roboter|neu laden|passwort|e-mail|konto|mitglied\w*|\w*abo(?:s|nnenten?)?|freikontingent|anzeigen|werbung|suche|startseite|support|vorgang|einstellung\w*|archiv|dies\w+ (?:geschichte|beitrag|besuch|artikel)|land, aus dem)\b",
    r"\b(?:navegador|páginas?|enlace|dirección|cookies?|scripts?|javascript|dispositivo|red|casilla|robot|recarga\w*|contraseña|correo|cuenta|socios?|suscri\w+|artículos gratuitos|ofertas|anuncios|publicidad|buscador|portada|soporte|lista de bloqueo|configuración|ajuste|archivo|esta (?:nota|historia|visita)|país desde)\b",
    r"\b(?:navigateur|pages?|lien|adresse|orthographe|cookies?|scripts?|javascript|appareil|réseau|énigme|robot|recharge\w*|mot de passe|compte|membres?|abonn\w+|articles offerts|offres|annonces|publicité|recherche|la une|assistance|liste noire|paramètres?|réglage|archives|cet(?:te)? (?:article|récit|visite)|pays d['’]où)\b",
    r"ブラウザ|ページ|リンク|アドレス|つづり|クッキー|スクリプト|javascript|端末|ネットワーク|パズル|ロボット|読み込|パスワード|メールアドレス|会員|購読|有料|無料記事|プラン|広告|検索|トップ|サポート|設定|資料室|サイト|この記事|アクセス|閲覧",
)
# An offer to read on: for money, or for an address.
OFFER = Phrases(
    r"(?:subscribe|register|sign up|log in|sign in) (?:now |for free |today )?to (?:continue|read|keep reading|unlock|access)",
    r"(?:read on|continue reading|keep reading|read the (?:full|whole|rest)\b.{0,25}) (?:with|by)",
    r"already a (?:subscriber|member)",
    r"(?:only|exclusive|reserved)\b.{0,20} (?:for|to) (?:our )?(?:paying )?(?:subscribers|members)",
    r"you(?:['’]ve| have) (?:reached|read|used)\b.{0,40}(?:limit|free articles)",
    r"unlock this (?:article|story)",
    r"start your (?:free )?trial",
    r"create your free account",
    r"this (?:article|story) is for (?:subscribers|members)",
    r"(?:mit (?:einem|ihrem|dem)|im) (?:\w+-)?abo\b.{0,12}(?:weiter|lesen)|weiterlesen mit|jetzt weiterlesen|registrieren und weiterlesen",
    r"(?:sie sind|du bist|sind sie|bist du|sie haben|haben sie)\b.{0,12}(?:schon|bereits)\b.{0,12}(?:abonnent|abo\b|registriert|kunde)",
    r"(?:nur|exklusiv) für (?:unsere )?abonnent",
    r"um (?:den|diesen) artikel (?:zu lesen|weiterzulesen)",
    r"erstellen sie ein kostenloses konto",
    r"(?:la suite|cet article|article|contenu)\b.{0,8} (?:est )?réservée?s? (?:à nos|aux) abonnés",
    r"déjà abonné(?:e|\(e\))? ?[?!]|abonnez-vous pour",
    r"il vous reste .{1,12} (?:de cet article|à (?:lire|découvrir))|(?:inscrivez-vous|connectez-vous|abonnez-vous)\b.{0,20}pour lire",
    r"créez votre compte gratuit",
    r"(?:solo|exclusivo) para (?:suscriptores|socios)",
    r"suscríbete (?:ahora )?para|(?:para|sigue|seguir) (?:seguir )?leyendo (?:con|suscríbete|regístrate|esta)|regístrate (?:gratis )?para|para seguir leyendo",
    r"ya eres suscriptor|contenido exclusivo para",
    r"crea tu cuenta gratuita",
    r"この記事(?:の続き)?は(?:有料|会員)|続きを?お読み(?:いただ|にな)|(?:有料会員|会員)(?:の方|限定)|会員登録をすると",
    r"riservato agli abbonati|abbonati per|per continuare a leggere|sei già abbonato|exclusivo para assinantes|já é assinante|assine para|continue lendo",
    r"alleen voor abonnees|verder lezen\?|al abonnee|lees verder met|för prenumeranter|redan prenumerant|för att läsa (?:vidare|hela)|(?:kun )?for abonnenter|allerede abonnent|for å lese (?:videre|hele)|for at læse",
    r"(?:tylko )?dla subskrybentów|masz już (?:konto|subskrypcję)|czytaj dalej z|доступно только (?:по подписке|подписчикам)|только для подписчиков|оформите подписку|уже подписаны|sadece aboneler|abone olun|(?:仅限|订阅).{0,4}(?:会员|用户|后)阅读|登录后(?:继续)?阅读|구독자 전용|구독하고 (?:계속|읽)|회원 전용",
)
# A question that stands in many a site's header, too: it offers the rest of an article only where one is not free.
ALREADY = Phrases(
    r"already a (?:subscriber|member)",
    r"(?:sie sind|du bist|sind sie|bist du|sie haben|haben sie)\b.{0,12}(?:schon|bereits)\b.{0,12}(?:abonnent|abo\b|registriert|kunde)",
    r"déjà abonné(?:e|\(e\))? ?[?!]|ya eres suscriptor|sei già abbonato|já é assinante|al abonnee|redan prenumerant",
    r"allerede abonnent|masz już (?:konto|subskrypcję)|уже подписаны",
)
