"""What walls, stubs and errors say in five languages: title and heading, then lines, the last one a button.

Written for these tests; no site's own words.
"""
# ruff: noqa: E501 - tables of words are easier to read unbroken and as they are

from __future__ import annotations

Said = tuple[str, ...]  # title, lines..., button

LANGUAGES = ("en", "de", "es", "fr", "ja")

# fmt: off
WORDS: dict[str, dict[str, Said]] = {
    "challenge": {
        "en": ("Checking your connection", "One more step before you can go on.", "We are making sure that a person and not a program opens this page. This takes a few seconds.", "Continue"),
        "de": ("Einen Moment bitte", "Ihr Browser wird überprüft.", "Wir stellen sicher, dass Sie kein Roboter sind. Sie werden gleich weitergeleitet.", "Weiter"),
        "es": ("Un momento, por favor", "Estamos comprobando tu navegador antes de abrir la página.", "Activa JavaScript y las cookies para continuar. Serás redirigido en unos segundos.", "Continuar"),
        "fr": ("Un instant, s'il vous plaît", "Nous vérifions votre navigateur avant d'afficher la page.", "Activez JavaScript et les cookies pour continuer. Vous serez redirigé dans quelques secondes.", "Continuer"),
        "ja": ("しばらくお待ちください", "ブラウザを確認しています。", "接続の安全性を確認しています。数秒後に自動的にページへ移動します。", "続ける"),
    },
    "captcha": {
        "en": ("Are you a person?", "Please solve the puzzle below to go on to the page.", "Pick all squares that show a bridge, then press the button. We noticed unusual requests from your network.", "I am not a robot"),
        "de": ("Sicherheitsabfrage", "Bitte bestätigen Sie, dass Sie ein Mensch sind.", "Aus Ihrem Netzwerk kamen ungewöhnlich viele Anfragen. Geben Sie die Zeichen aus dem Bild ein.", "Ich bin kein Roboter"),
        "es": ("Verificación de seguridad", "Confirma que eres una persona para seguir.", "Hemos detectado un tráfico inusual desde tu red. Escribe los caracteres de la imagen.", "No soy un robot"),
        "fr": ("Vérification de sécurité", "Veuillez confirmer que vous êtes un humain.", "Nous avons détecté une activité inhabituelle depuis votre réseau. Recopiez les caractères de l'image.", "Je ne suis pas un robot"),
        "ja": ("セキュリティ確認", "あなたがロボットではないことを確認してください。", "お使いのネットワークから通常と異なるアクセスがありました。画像の文字を入力してください。", "私はロボットではありません"),
    },
    "blocked": {
        "en": ("Access to this page has been denied", "Sorry, you have been blocked.", "The owner of this site uses a security service against online attacks. Something you did set it off. Write to the owner and name the incident number 8f1c-22.", "Contact"),
        "de": ("Zugriff verweigert", "Ihre Anfrage wurde blockiert.", "Diese Website nutzt einen Sicherheitsdienst gegen Angriffe. Bitte wenden Sie sich mit der Vorgangsnummer 8f1c-22 an den Betreiber.", "Kontakt"),
        "es": ("Acceso denegado", "Tu solicitud ha sido bloqueada.", "Este sitio usa un servicio de seguridad contra ataques. Escribe al administrador e indica el número de incidente 8f1c-22.", "Contacto"),
        "fr": ("Accès refusé", "Votre requête a été bloquée.", "Ce site utilise un service de sécurité contre les attaques. Contactez l'administrateur en indiquant le numéro d'incident 8f1c-22.", "Contact"),
        "ja": ("アクセスが拒否されました", "リクエストはブロックされました。", "このサイトは攻撃を防ぐためのセキュリティサービスを使用しています。番号8f1c-22を添えて管理者にお問い合わせください。", "お問い合わせ"),
    },
    "consent": {
        "en": ("Your choice about data", "We and our 612 partners store information on your device and process personal data such as identifiers.", "With your consent we use cookies to measure audiences, to show personalised advertising and to develop our products. You can object to legitimate interests and change your preferences at any time.", "Accept all"),
        "de": ("Willkommen bei unserer Zeitung", "Wir und unsere 612 Partner speichern Informationen auf Ihrem Gerät und verarbeiten personenbezogene Daten.", "Mit Ihrer Einwilligung nutzen wir Cookies für Reichweitenmessung und personalisierte Werbung. Sie können Ihre Zustimmung jederzeit im Datenschutz-Center widerrufen oder ein Abo ohne Tracking abschließen.", "Alle akzeptieren"),
        "es": ("Tú decides sobre tus datos", "Nosotros y nuestros 612 socios almacenamos información en tu dispositivo y tratamos datos personales.", "Con tu consentimiento usamos cookies para medir la audiencia y mostrar publicidad personalizada. Puedes cambiar tus preferencias o retirar el consentimiento en la política de privacidad.", "Aceptar todo"),
        "fr": ("Vos données, votre choix", "Nos 612 partenaires et nous stockons des informations sur votre appareil et traitons des données personnelles.", "Avec votre consentement, nous utilisons des cookies pour mesurer l'audience et afficher de la publicité personnalisée. Vous pouvez retirer votre consentement à tout moment dans la politique de confidentialité.", "Tout accepter"),
        "ja": ("データの利用について", "当社とパートナー612社は、お使いの端末に情報を保存し、個人データを処理します。", "同意いただくと、Cookieを使用して利用状況を測定し、パーソナライズされた広告を表示します。設定はプライバシーポリシーからいつでも変更できます。", "すべて同意する"),
    },
    "login": {
        "en": ("Welcome back", "Sign in with your e-mail address and your password to go on.", "Forgot your password? New here? Create a free account in a minute.", "Sign in"),
        "de": ("Willkommen zurück", "Melden Sie sich mit Ihrer E-Mail-Adresse und Ihrem Passwort an.", "Passwort vergessen? Noch kein Konto? Jetzt kostenlos registrieren.", "Anmelden"),
        "es": ("Te damos la bienvenida", "Inicia sesión con tu correo electrónico y tu contraseña.", "¿Olvidaste tu contraseña? ¿No tienes cuenta? Regístrate gratis.", "Iniciar sesión"),
        "fr": ("Bon retour parmi nous", "Connectez-vous avec votre adresse e-mail et votre mot de passe.", "Mot de passe oublié ? Pas encore de compte ? Inscrivez-vous gratuitement.", "Se connecter"),
        "ja": ("おかえりなさい", "メールアドレスとパスワードでログインしてください。", "パスワードをお忘れですか。アカウントをお持ちでない方は無料で登録できます。", "ログイン"),
    },
    "paywall": {
        "en": ("", "Read on with a subscription.", "Get unlimited access to all our stories from 1 euro a month. Cancel any time. Already a subscriber? Sign in.", "Subscribe now"),
        "de": ("", "Lesen Sie mit einem Abo weiter.", "Testen Sie alle Artikel einen Monat lang für 1 Euro. Monatlich kündbar. Sie sind schon Abonnent? Hier anmelden.", "Jetzt Abo abschließen"),
        "es": ("", "Sigue leyendo con una suscripción.", "Accede sin límites a todos los artículos por 1 euro al mes. Cancela cuando quieras. ¿Ya eres suscriptor? Inicia sesión.", "Suscríbete ahora"),
        "fr": ("", "La suite est réservée à nos abonnés.", "Accédez à tous les articles en illimité pour 1 euro par mois. Sans engagement. Déjà abonné ? Connectez-vous.", "S'abonner"),
        "ja": ("", "この記事の続きは有料会員の方のみお読みいただけます。", "月額100円ですべての記事が読み放題です。いつでも解約できます。会員の方はログインしてください。", "会員登録する"),
    },
    "registration": {
        "en": ("", "Register for free to read this story.", "Create your free account and get three stories a month. It takes less than a minute and no card is needed.", "Create a free account"),
        "de": ("", "Jetzt kostenlos registrieren und weiterlesen.", "Erstellen Sie ein kostenloses Konto und lesen Sie drei Artikel im Monat. Es dauert keine Minute.", "Kostenlos registrieren"),
        "es": ("", "Regístrate gratis para seguir leyendo.", "Crea tu cuenta gratuita y lee tres artículos al mes. Solo te llevará un minuto y no hace falta tarjeta.", "Crear cuenta gratis"),
        "fr": ("", "Inscrivez-vous gratuitement pour lire la suite.", "Créez votre compte gratuit et lisez trois articles par mois. Cela prend moins d'une minute.", "Créer un compte gratuit"),
        "ja": ("", "無料会員登録をすると続きをお読みいただけます。", "無料のアカウントを作成すると、毎月3本の記事が読めます。登録は1分で完了します。", "無料で登録する"),
    },
    "not_found": {
        "en": ("We looked everywhere", "The page you asked for does not exist or has moved.", "Check the address for typing errors, use the search, or start again from the front page.", "To the front page"),
        "de": ("Da ist etwas schiefgelaufen", "Die gesuchte Seite existiert leider nicht oder wurde verschoben.", "Prüfen Sie die Adresse auf Tippfehler, nutzen Sie die Suche oder gehen Sie zur Startseite.", "Zur Startseite"),
        "es": ("Vaya, aquí no hay nada", "No hemos encontrado la página que buscas.", "Comprueba que la dirección esté bien escrita, usa el buscador o vuelve a la portada.", "Ir a la portada"),
        "fr": ("Oups", "Nous n'avons pas trouvé la page que vous cherchez.", "Vérifiez l'adresse, utilisez la recherche ou retournez à la page d'accueil.", "Page d'accueil"),
        "ja": ("お探しのページは見つかりませんでした", "ページが削除されたか、URLが変更された可能性があります。", "アドレスに誤りがないかご確認のうえ、トップページからお探しください。", "トップページへ"),
    },
    "expired": {
        "en": ("Story no longer online", "This story has expired and is no longer available.", "For reasons of copyright we keep agency stories for thirty days only. Older stories are in our archive.", "Search the archive"),
        "de": ("Artikel nicht mehr verfügbar", "Dieser Artikel ist abgelaufen und nicht mehr abrufbar.", "Aus lizenzrechtlichen Gründen halten wir Agenturmeldungen nur dreißig Tage vor. Ältere Beiträge finden Sie im Archiv.", "Zum Archiv"),
        "es": ("Contenido retirado", "Esta noticia ha caducado y ya no está disponible.", "Por derechos de autor guardamos las noticias de agencia solo treinta días. Las anteriores están en la hemeroteca.", "Ir a la hemeroteca"),
        "fr": ("Article expiré", "Cet article n'est plus disponible.", "Pour des raisons de droits d'auteur, nous ne gardons les dépêches que trente jours. Les articles plus anciens sont dans nos archives.", "Voir les archives"),
        "ja": ("記事の公開は終了しました", "この記事は掲載期間が終了したため、ご覧いただけません。", "配信元との契約により、記事の掲載期間は30日間です。過去の記事は検索からお探しください。", "記事を検索する"),
    },
    "no_results": {
        "en": ("Search", "Your search for “lantern-festival” returned no results.", "Try other words, fewer words, or look through our sections.", "Search again"),
        "de": ("Suche", "Ihre Suche nach „laternenfest“ ergab keine Treffer.", "Versuchen Sie es mit anderen oder weniger Begriffen, oder stöbern Sie in den Ressorts.", "Neue Suche"),
        "es": ("Buscador", "No se han encontrado resultados para «fiesta-farolillos».", "Prueba con otras palabras, con menos palabras, o mira en nuestras secciones.", "Buscar de nuevo"),
        "fr": ("Recherche", "Aucun résultat pour « fete-lanternes ».", "Essayez avec d'autres mots, avec moins de mots, ou parcourez nos rubriques.", "Nouvelle recherche"),
        "ja": ("検索結果", "「灯籠祭り」に一致する記事は見つかりませんでした。", "別のキーワードでお試しいただくか、カテゴリーからお探しください。", "再検索"),
    },
    "no_script": {
        "en": ("The Harbour Post", "You need to enable JavaScript to run this app.", "Please turn on JavaScript in your browser's settings and load the page again.", "Reload"),
        "de": ("Hafenpost", "Bitte aktivieren Sie JavaScript, um diese Seite anzuzeigen.", "JavaScript ist in Ihrem Browser ausgeschaltet. Schalten Sie es in den Einstellungen ein und laden Sie die Seite neu.", "Neu laden"),
        "es": ("El Correo del Puerto", "Necesitas activar JavaScript para ver esta página.", "JavaScript está desactivado en tu navegador. Actívalo en los ajustes y vuelve a cargar la página.", "Recargar"),
        "fr": ("Le Courrier du Port", "Veuillez activer JavaScript pour afficher cette page.", "JavaScript est désactivé dans votre navigateur. Activez-le dans les réglages et rechargez la page.", "Recharger"),
        "ja": ("みなと新報", "このページを表示するにはJavaScriptを有効にしてください。", "ブラウザの設定でJavaScriptが無効になっています。有効にしてから再読み込みしてください。", "再読み込み"),
    },
    "maintenance": {
        "en": ("We'll be back soon", "Our site is down for maintenance.", "We are putting in a new press and expect to be back within the hour. Thank you for your patience.", "Try again"),
        "de": ("Wartungsarbeiten", "Unsere Website ist vorübergehend nicht erreichbar.", "Wir führen gerade Wartungsarbeiten durch und sind in Kürze wieder für Sie da. Vielen Dank für Ihr Verständnis.", "Erneut versuchen"),
        "es": ("Volvemos enseguida", "El sitio está en mantenimiento.", "Estamos haciendo mejoras y volveremos en menos de una hora. Disculpa las molestias.", "Reintentar"),
        "fr": ("De retour bientôt", "Le site est en cours de maintenance.", "Nous effectuons une mise à jour et serons de retour dans moins d'une heure. Merci de votre patience.", "Réessayer"),
        "ja": ("メンテナンス中", "ただいまメンテナンスのためサービスを停止しております。", "作業は一時間以内に終了する予定です。ご不便をおかけして申し訳ございません。", "再試行"),
    },
    "proxy_error": {
        "en": ("502 Bad Gateway", "The server got an invalid answer from the server behind it.", "The web server is not returning a connection. Please try again in a few minutes.", "Retry"),
        "de": ("Fehler 503", "Der Dienst ist vorübergehend nicht verfügbar.", "Der Server ist überlastet. Bitte versuchen Sie es in einigen Minuten noch einmal.", "Erneut versuchen"),
        "es": ("Error 500", "Se ha producido un error interno del servidor.", "El servidor no ha podido completar la solicitud. Inténtalo de nuevo en unos minutos.", "Reintentar"),
        "fr": ("Erreur 504", "Le serveur n'a pas répondu à temps.", "Le service est temporairement indisponible. Veuillez réessayer dans quelques minutes.", "Réessayer"),
        "ja": ("503 Service Unavailable", "サーバーが一時的に利用できません。", "アクセスが集中しているため、しばらく時間をおいてから再度お試しください。", "再試行"),
    },
    "geo_block": {
        "en": ("Not available in your region", "Our website is currently unavailable in your country.", "We cannot grant you access at this time because of data protection rules in the European Economic Area. We keep looking for ways to serve you.", "Contact"),
        "de": ("In Ihrem Land nicht verfügbar", "Dieser Inhalt steht in Ihrer Region aus rechtlichen Gründen nicht zur Verfügung.", "Wir arbeiten daran, unser Angebot auch bei Ihnen zugänglich zu machen.", "Kontakt"),
        "es": ("No disponible en tu país", "Este contenido no está disponible en tu región.", "Por motivos legales no podemos mostrarte nuestra página desde el país en el que estás.", "Contacto"),
        "fr": ("Indisponible dans votre pays", "Ce contenu n'est pas accessible depuis votre région.", "Pour des raisons juridiques, nous ne pouvons pas afficher notre site dans le pays où vous vous trouvez.", "Contact"),
        "ja": ("お住まいの地域ではご利用いただけません", "このコンテンツはお住まいの国や地域からは閲覧できません。", "法律上の理由により、現在の接続元からはサービスを提供しておりません。", "お問い合わせ"),
    },
    "age_gate": {
        "en": ("Before you enter", "This page is for adults only. Are you 18 or older?", "Please confirm your age or give your date of birth. By going on you accept our terms.", "Yes, I am over 18"),
        "de": ("Altersprüfung", "Diese Seite ist nur für Erwachsene. Sind Sie mindestens 18 Jahre alt?", "Bitte bestätigen Sie Ihr Alter oder geben Sie Ihr Geburtsdatum ein.", "Ja, ich bin 18 oder älter"),
        "es": ("Verificación de edad", "Esta página es solo para mayores de 18 años. ¿Eres mayor de edad?", "Confirma tu edad o escribe tu fecha de nacimiento para entrar.", "Sí, soy mayor de 18"),
        "fr": ("Vérification de l'âge", "Cette page est réservée aux adultes. Avez-vous plus de 18 ans ?", "Veuillez confirmer votre âge ou indiquer votre date de naissance pour entrer.", "Oui, j'ai plus de 18 ans"),
        "ja": ("年齢確認", "このページは18歳以上の方を対象としています。あなたは18歳以上ですか。", "閲覧するには年齢を確認するか、生年月日を入力してください。", "はい、18歳以上です"),
    },
    "cookies_required": {
        "en": ("Cookies are off", "Your browser does not accept cookies.", "To read this page, please allow cookies in your browser's settings and load it again.", "Reload"),
        "de": ("Cookies erforderlich", "Ihr Browser nimmt keine Cookies an.", "Bitte erlauben Sie Cookies in den Einstellungen Ihres Browsers und laden Sie die Seite neu.", "Neu laden"),
        "es": ("Cookies desactivadas", "Tu navegador no acepta cookies.", "Para leer esta página, permite las cookies en los ajustes del navegador y vuelve a cargarla.", "Recargar"),
        "fr": ("Cookies désactivés", "Votre navigateur n'accepte pas les cookies.", "Pour lire cette page, autorisez les cookies dans les réglages du navigateur puis rechargez-la.", "Recharger"),
        "ja": ("Cookieが無効です", "お使いのブラウザではCookieが無効になっています。", "このページを閲覧するには、設定でCookieを有効にしてから再読み込みしてください。", "再読み込み"),
    },
    "rate_limit": {
        "en": ("Too many requests", "You have sent too many requests in a short time.", "Please wait a few minutes before you try again. If you need many pages, write to us about our data service.", "Try again"),
        "de": ("Zu viele Anfragen", "Sie haben in kurzer Zeit zu viele Anfragen gesendet.", "Bitte warten Sie einige Minuten, bevor Sie es erneut versuchen.", "Erneut versuchen"),
        "es": ("Demasiadas solicitudes", "Has enviado demasiadas solicitudes en poco tiempo.", "Espera unos minutos antes de volver a intentarlo.", "Reintentar"),
        "fr": ("Trop de requêtes", "Vous avez envoyé trop de requêtes en peu de temps.", "Veuillez patienter quelques minutes avant de réessayer.", "Réessayer"),
        "ja": ("リクエストが多すぎます", "短時間に多数のリクエストが送信されました。", "数分間お待ちいただいてから、もう一度お試しください。", "再試行"),
    },
    "parked": {
        "en": ("harbour-post.example", "This domain is for sale.", "harbour-post.example may be for sale by its owner. Buy this domain today, or see sponsored listings on related searches.", "Make an offer"),
        "de": ("hafenpost.example", "Diese Domain steht zum Verkauf.", "Die Domain hafenpost.example kann erworben werden. Der Inhaber hat sie beim Anbieter geparkt.", "Angebot machen"),
        "es": ("correo-puerto.example", "Este dominio está en venta.", "El propietario ofrece el dominio correo-puerto.example. Compra este dominio o mira las búsquedas relacionadas.", "Hacer una oferta"),
        "fr": ("courrier-port.example", "Ce nom de domaine est à vendre.", "Le domaine courrier-port.example est proposé par son propriétaire. Achetez ce domaine ou voyez les recherches associées.", "Faire une offre"),
        "ja": ("minato.example", "このドメインは売りに出されています。", "ドメインminato.exampleは所有者により販売されています。購入をご希望の方はお問い合わせください。", "購入を申し込む"),
    },
    "media": {
        "en": ("In pictures: lantern night", "12 photos", "Picture 1 of 12", "Play video"),
        "de": ("In Bildern: die Laternennacht", "12 Bilder", "Bild 1 von 12", "Video abspielen"),
        "es": ("En imágenes: la noche de farolillos", "12 fotos", "Foto 1 de 12", "Ver vídeo"),
        "fr": ("En images : la nuit des lanternes", "12 photos", "Photo 1 sur 12", "Lire la vidéo"),
        "ja": ("写真で見る灯籠の夜", "写真12枚", "1枚目/12枚", "動画を再生"),
    },
}
