"""The same notices in other words, and in more languages: written after the gate's phrases, to see what it makes of them.

Kind, then language -> title, lines..., button; as in `gate_words`.
"""
# ruff: noqa: E501 - tables of words are easier to read unbroken and as they are

from __future__ import annotations

# fmt: off
AGAIN: dict[str, dict[str, tuple[str, ...]]] = {
    "challenge": {
        "en": ("harbour-post.example", "Hang on while we take a quick look at your browser. You will be let in automatically.", "Verifying..."),
        "de": ("hafenpost.example", "Sicherheitsprüfung läuft. Bitte haben Sie einen Augenblick Geduld, Sie gelangen danach automatisch zur Seite.", "Prüfen"),
        "es": ("correo-puerto.example", "Estamos revisando la seguridad de tu conexión. Solo será un segundo.", "Verificar"),
        "fr": ("courrier-port.example", "Contrôle de sécurité en cours. Merci de patienter, la page va s'ouvrir toute seule.", "Vérifier"),
        "ja": ("minato.example", "お使いのブラウザが安全かどうかを調べています。完了すると自動でページが開きます。", "検証中"),
        "it": ("Un attimo", "Stiamo controllando che tu non sia un bot. Verrai reindirizzato tra pochi secondi.", "Continua"),
        "ru": ("Проверка", "Подтвердите, что вы не робот, чтобы перейти на сайт.", "Я не робот"),
    },
    "blocked": {
        "en": ("Request blocked", "Our firewall thinks that your visit looks automated. If that is wrong, tell our webmaster the code below.", "Code 77-1a"),
        "de": ("Kein Zugriff", "Unsere Firewall hat Ihren Besuch als automatisiert eingestuft. Falls das ein Irrtum ist, nennen Sie uns bitte den Code unten.", "Code 77-1a"),
        "es": ("Petición bloqueada", "Nuestro cortafuegos cree que tu visita es automática. Si es un error, envíanos el código de abajo.", "Código 77-1a"),
        "fr": ("Requête bloquée", "Notre pare-feu pense que votre visite est automatisée. Si c'est une erreur, envoyez-nous le code ci-dessous.", "Code 77-1a"),
        "ja": ("アクセスできません", "お客様の接続は自動プログラムによるものと判断されました。誤りの場合は下のコードを管理者にお知らせください。", "コード77-1a"),
        "pl": ("Odmowa dostępu", "Twoje żądanie zostało zablokowane przez zaporę. Skontaktuj się z administratorem i podaj numer.", "Kontakt"),
    },
    "consent": {
        "en": ("Before you read", "Help us keep our journalism free: let us and selected companies place cookies and read device data. Pay for an ad-free pass or say yes to ads that fit your interests. Our privacy notice explains how you can withdraw.", "Yes, I agree"),
        "de": ("Lesen mit Werbung oder mit PUR-Abo", "Nutzen Sie unsere Seiten mit Cookies und Werbung kostenlos, oder werbefrei im PUR-Abo. Ihre Einwilligung gilt für uns und Drittanbieter. Einzelheiten in den Hinweisen zum Datenschutz.", "Einverstanden"),
        "es": ("Acepta o suscríbete", "Para leer gratis necesitamos que aceptes nuestras cookies y las de nuestros socios, con fines de publicidad y análisis. También puedes rechazar y pagar una suscripción. Tu consentimiento se puede retirar.", "De acuerdo"),
        "fr": ("Continuer avec ou sans publicité", "Pour lire gratuitement, acceptez nos cookies et ceux de nos partenaires à des fins de publicité. Vous pouvez aussi refuser et vous abonner. Votre consentement se retire quand vous voulez.", "J'accepte"),
        "ja": ("ご覧いただく前に", "当サイトでは広告の配信と分析のためにクッキーを使用しています。個人情報の取り扱いに同意のうえご利用ください。", "了承する"),
        "it": ("Il tuo consenso", "Noi e i nostri partner usiamo cookie per trattare dati personali e mostrarti pubblicità personalizzata. Puoi rifiutare o revocare il consenso.", "Accetta tutto"),
        "nl": ("Jouw keuze", "Wij en onze partners gebruiken cookies om persoonsgegevens te verwerken en advertenties te tonen. Je kunt je toestemming altijd intrekken.", "Akkoord"),
        "pl": ("Twoja zgoda", "My i nasi partnerzy przetwarzamy Twoje dane osobowe i używamy plików cookies w celu wyświetlania reklam. Zgodę możesz wycofać.", "Zgadzam się"),
        "ru": ("Ваше согласие", "Мы и наши партнёры используем файлы cookie и обрабатываем персональные данные для показа рекламы. Вы можете отозвать согласие.", "Принять"),
        "sv": ("Ditt val", "Vi och våra partners använder cookies för att behandla personuppgifter och visa reklam. Du kan återkalla ditt samtycke.", "Godkänn"),
    },
    "login": {
        "en": ("Account", "Please enter your user name and password to see this page.", "Go"),
        "de": ("Mein Konto", "Bitte geben Sie Benutzername und Kennwort ein, um diese Seite zu sehen.", "Los"),
        "es": ("Mi cuenta", "Introduce tu usuario y tu clave para ver esta página.", "Entrar"),
        "fr": ("Mon compte", "Saisissez votre identifiant et votre mot de passe pour voir cette page.", "Valider"),
        "ja": ("マイページ", "このページを見るには、ユーザー名とパスワードを入力してください。", "次へ"),
    },
    "not_found": {
        "en": ("Lost at sea", "That link seems to be broken, or the story has sailed elsewhere. Try the search box or pick a section above.", "Home"),
        "de": ("Hoppla", "Unter dieser Adresse liegt nichts (mehr). Vielleicht hilft Ihnen die Suche weiter.", "Start"),
        "es": ("Algo ha fallado", "El enlace que has seguido está roto o la página ya no existe. Prueba con el buscador.", "Inicio"),
        "fr": ("Perdu en mer", "Le lien que vous avez suivi est cassé, ou la page a changé d'adresse. Essayez la recherche.", "Accueil"),
        "ja": ("ご指定のページはありません", "リンク切れか、入力したアドレスが間違っている可能性があります。検索をご利用ください。", "ホーム"),
        "it": ("Pagina smarrita", "La pagina che cerchi non esiste più o è stata spostata. Torna alla home.", "Home"),
        "nl": ("Oeps", "Deze pagina bestaat niet (meer) of is verplaatst. Ga terug naar de voorpagina.", "Home"),
        "ru": ("Ой", "Такой страницы не существует, или она была удалена. Вернитесь на главную.", "Главная"),
    },
    "expired": {
        "en": ("Sorry", "We have taken this report down at the request of the agency that wrote it.", "Latest news"),
        "de": ("Nicht mehr im Angebot", "Der Text, den Sie suchen, wurde aus rechtlichen Gründen depubliziert.", "Aktuelles"),
        "es": ("Lo sentimos", "El artículo que buscas fue retirado a petición de la agencia que lo escribió.", "Últimas noticias"),
        "fr": ("Désolé", "L'article demandé a été retiré à la demande de l'agence.", "Dernières nouvelles"),
        "ja": ("配信終了", "このニュースの配信は終了しました。最新のニュースをご覧ください。", "最新ニュース"),
    },
    "no_script": {
        "en": ("Harbour Post", "This site does not work properly without JavaScript. Turn it on to go on.", "OK"),
        "de": ("Hafenpost", "Ohne JavaScript lässt sich diese Seite nicht anzeigen.", "OK"),
        "es": ("El Correo", "Esta web no funciona sin JavaScript. Actívalo para continuar.", "OK"),
        "fr": ("Le Courrier", "Ce site ne fonctionne pas sans JavaScript. Activez-le pour continuer.", "OK"),
        "ja": ("みなと新報", "JavaScriptがオフになっているため、ページを表示できません。", "OK"),
    },
    "maintenance": {
        "en": ("Back in a moment", "We are making some improvements to the site. Please check back in a little while.", "OK"),
        "de": ("Gleich wieder da", "Wir bauen gerade um. Schauen Sie bitte später noch einmal vorbei.", "OK"),
        "es": ("En obras", "Estamos mejorando la web. Vuelve a visitarnos dentro de un rato.", "OK"),
        "fr": ("Travaux en cours", "Nous améliorons le site. Revenez nous voir dans un petit moment.", "OK"),
        "ja": ("ただいま工事中", "システムの更新作業を行っています。終了までしばらくお待ちください。", "OK"),
    },
    "proxy_error": {
        "en": ("Error", "We are having trouble reaching the origin. An unexpected error has occurred while handling the request.", "Request id 9f"),
        "de": ("Fehler", "Ein unerwarteter Fehler ist aufgetreten. Die Seite konnte nicht geladen werden.", "Kennung 9f"),
        "es": ("Error", "Ha ocurrido un error inesperado. No se ha podido cargar la página.", "Id 9f"),
        "fr": ("Erreur", "Une erreur inattendue s'est produite. La page n'a pas pu être chargée.", "Id 9f"),
        "ja": ("エラー", "予期しないエラーが発生しました。ページを読み込めませんでした。", "番号9f"),
    },
    "geo_block": {
        "en": ("Unavailable", "For legal reasons we cannot show this page to visitors from the European Union.", "OK"),
        "de": ("Nicht verfügbar", "Aus rechtlichen Gründen können wir diese Seite Besuchern aus der Europäischen Union nicht zeigen.", "OK"),
        "es": ("No disponible", "Por razones legales no podemos mostrar esta página a visitantes de la Unión Europea.", "OK"),
        "fr": ("Indisponible", "Pour des raisons légales, nous ne pouvons pas montrer cette page aux visiteurs de l'Union européenne.", "OK"),
        "ja": ("ご利用いただけません", "権利の都合により、日本国外からはこのページをご覧いただけません。", "OK"),
    },
    "age_gate": {
        "en": ("Adult content", "You have to be of legal age to see this. Please tell us your birthday.", "Enter"),
        "de": ("Nicht jugendfrei", "Sie müssen volljährig sein, um dies zu sehen. Bitte nennen Sie uns Ihr Geburtsjahr.", "Weiter"),
        "es": ("Contenido para adultos", "Tienes que ser mayor de edad para ver esto. Dinos tu año de nacimiento.", "Entrar"),
        "fr": ("Contenu pour adultes", "Vous devez être majeur pour voir ceci. Indiquez votre année de naissance.", "Entrer"),
        "ja": ("成人向け", "未成年の方はご覧いただけません。生年を選んでください。", "進む"),
    },
    "rate_limit": {
        "en": ("Slow down", "You are going a little too fast for us. Come back in a minute.", "OK"),
        "de": ("Langsam bitte", "Sie rufen unsere Seiten zu schnell auf. Versuchen Sie es in einer Minute wieder.", "OK"),
        "es": ("Más despacio", "Vas demasiado rápido. Vuelve a intentarlo dentro de un minuto.", "OK"),
        "fr": ("Doucement", "Vous allez un peu trop vite. Revenez dans une minute.", "OK"),
        "ja": ("アクセス制限", "アクセス回数が上限に達しました。一分後にもう一度お試しください。", "OK"),
    },
    "parked": {
        "en": ("harbour-post.example", "The owner of this web address has not put up a site yet. Interested in the name? Get a price.", "Get a price"),
        "de": ("hafenpost.example", "Hier entsteht eine neue Internetpräsenz. Interesse an dieser Domain?", "Preis anfragen"),
        "es": ("correo-puerto.example", "Esta dirección todavía no tiene web. ¿Te interesa el nombre de dominio?", "Pedir precio"),
        "fr": ("courrier-port.example", "Ce site est en construction. Intéressé par ce nom de domaine ?", "Demander un prix"),
        "ja": ("minato.example", "このドメインは現在使用されていません。取得をご希望の方はこちら。", "価格を見る"),
    },
}
