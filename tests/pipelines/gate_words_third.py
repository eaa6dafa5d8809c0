"""Notices of a third hand, written before the gate's phrases were looked at again: it stopped 43 of 60 then.

Kind, then language -> title, lines..., button; as in `gate_words`.
"""
# ruff: noqa: E501 - tables of words are easier to read unbroken and as they are

from __future__ import annotations

# fmt: off
THIRD: dict[str, dict[str, tuple[str, ...]]] = {
    "challenge": {
        "en": ("Checking...", "We need to be sure a person is behind this visit. Tick the box and we will take you straight to the story.", "Begin"),
        "de": ("Kurzer Test", "Damit keine Programme unsere Seiten abgreifen, lösen Sie bitte das kleine Rätsel. Danach geht es gleich weiter.", "Rätsel starten"),
        "es": ("Comprobación rápida", "Queremos asegurarnos de que al otro lado hay una persona. Marca la casilla y seguimos.", "Empezar"),
        "fr": ("Petit contrôle", "Afin d'écarter les programmes automatiques, merci de résoudre cette énigme. Vous arriverez ensuite sur l'article.", "Commencer"),
        "ja": ("確認のお願い", "自動化されたアクセスを防ぐため、下の画像から信号機をすべて選んでください。確認が済むと記事に進みます。", "確認する"),
    },
    "blocked": {
        "en": ("No entry", "You cannot view this site from your current network. Should you think this is an error, write to support and quote the reference shown here.", "Ref 0x9b2"),
        "de": ("Aufruf verweigert", "Von Ihrem Anschluss aus gingen auffällig viele Abrufe ein, deshalb haben wir ihn gesperrt. Melden Sie sich beim Support, wenn Sie das für falsch halten.", "Vorgang 0x9b2"),
        "es": ("Sin permiso", "Tu dirección figura en nuestra lista de bloqueo, así que no podemos mostrarte el contenido. Escribe a soporte si crees que nos equivocamos.", "Ref. 0x9b2"),
        "fr": ("Accès suspendu", "Votre adresse réseau a été mise sur liste noire en raison d'un trafic inhabituel. Si vous pensez qu'il s'agit d'une méprise, contactez l'assistance.", "Réf. 0x9b2"),
        "ja": ("閲覧制限", "お使いのネットワークからの閲覧は現在お断りしています。心当たりがない場合は、下の番号を添えてサポートまでご連絡ください。", "番号0x9b2"),
    },
    "consent": {
        "en": ("We value your privacy", "With your permission we and 812 vendors keep and read information on your device, measure audiences and show you advertising chosen for you. You can object to legitimate interest or change your mind later under Settings.", "Accept and close"),
        "de": ("Ihre Privatsphäre ist uns wichtig", "Wir und 812 Anbieter speichern und lesen Informationen auf Ihrem Gerät, messen Reichweiten und zeigen Ihnen persönlich ausgesuchte Anzeigen, wenn Sie zustimmen. Unter Einstellungen können Sie widersprechen.", "Zustimmen und schließen"),
        "es": ("Valoramos tu privacidad", "Con tu permiso, nosotros y 812 proveedores guardamos y leemos información en tu dispositivo, medimos audiencias y te mostramos anuncios elegidos para ti. Puedes oponerte o cambiar de idea en Configuración.", "Aceptar y cerrar"),
        "fr": ("Le respect de votre vie privée", "Avec votre accord, nous et 812 fournisseurs conservons et lisons des informations sur votre appareil, mesurons l'audience et vous montrons des annonces choisies pour vous. Vous pouvez vous opposer dans les Paramètres.", "Accepter et fermer"),
        "ja": ("プライバシーについて", "当社と812社の提供会社は、お客様の許可を得て端末に情報を保存し、広告の効果測定や興味に合わせた広告の表示に利用します。設定からいつでも変更できます。", "同意して閉じる"),
    },
    "login": {
        "en": ("Members only", "This part of the site is for members. Use your email and password to come in, or join in two minutes.", "Come in"),
        "de": ("Nur für Mitglieder", "Dieser Bereich ist Mitgliedern vorbehalten. Melden Sie sich mit E-Mail und Passwort an, oder werden Sie in zwei Minuten Mitglied.", "Anmelden"),
        "es": ("Solo para socios", "Esta parte del sitio es para socios. Entra con tu correo y contraseña, o hazte socio en dos minutos.", "Entrar"),
        "fr": ("Réservé aux membres", "Cette partie du site est réservée aux membres. Connectez-vous avec votre adresse et votre mot de passe, ou inscrivez-vous en deux minutes.", "Se connecter"),
        "ja": ("会員限定", "ここから先は会員の方だけがご覧になれます。メールアドレスとパスワードでログインするか、無料の会員登録をお済ませください。", "ログイン"),
    },
    "not_found": {
        "en": ("Nothing to see here", "There was once something at this address, or perhaps there never was. Check the spelling, or let the front page show you what is new.", "Front page"),
        "de": ("Leere Seite", "Hier war vielleicht einmal etwas, oder auch nie. Prüfen Sie die Schreibweise der Adresse, oder fangen Sie auf der Startseite von vorn an.", "Zur Startseite"),
        "es": ("Aquí no hay nada", "Puede que antes hubiera algo en esta dirección, o puede que nunca. Revisa cómo está escrita o vuelve a la portada.", "Portada"),
        "fr": ("Rien par ici", "Il y avait peut-être quelque chose à cette adresse, ou peut-être jamais. Vérifiez l'orthographe ou repartez de la une.", "La une"),
        "ja": ("何も見つかりませんでした", "このアドレスには今は何もありません。つづりをお確かめのうえ、トップページからお探しください。", "トップへ"),
    },
    "expired": {
        "en": ("Story withdrawn", "Our licence for this story has run out, so we may not show it to you any longer. Our archive desk can help you with older material.", "Archive desk"),
        "de": ("Beitrag nicht mehr abrufbar", "Unsere Lizenz für diesen Beitrag ist abgelaufen, wir dürfen ihn Ihnen deshalb nicht länger zeigen. Bei älterem Material hilft Ihnen das Archiv.", "Zum Archiv"),
        "es": ("Nota retirada", "Nuestra licencia para esta nota ha caducado y ya no podemos mostrártela. Para material antiguo, consulta con el archivo.", "Archivo"),
        "fr": ("Article retiré", "Notre licence pour cet article a expiré, nous ne pouvons plus vous le montrer. Pour des textes plus anciens, adressez-vous aux archives.", "Archives"),
        "ja": ("掲載を終了しました", "この記事は契約期間が過ぎたため、掲載を終えました。過去の記事については資料室にお問い合わせください。", "資料室"),
    },
    "maintenance": {
        "en": ("Back shortly", "We are giving the site a new engine tonight and expect to be with you again by six. Thank you for bearing with us.", "Status page"),
        "de": ("Gleich wieder da", "Wir bauen heute Nacht um und sind voraussichtlich um sechs wieder für Sie da. Danke für Ihre Geduld.", "Statusseite"),
        "es": ("Volvemos enseguida", "Esta noche cambiamos los servidores y esperamos estar de vuelta a las seis. Gracias por tu paciencia.", "Estado"),
        "fr": ("De retour bientôt", "Nous changeons de serveurs cette nuit et pensons vous retrouver vers six heures. Merci de votre patience.", "État du service"),
        "ja": ("ただいま作業中", "今夜はサーバーの入れ替えを行っております。午前六時ごろの再開を予定しています。ご不便をおかけして申し訳ございません。", "運用状況"),
    },
    "rate_limit": {
        "en": ("Slow down", "You have opened more pages in the last minute than we can serve. Give it a moment and reload.", "Reload"),
        "de": ("Bitte etwas langsamer", "Sie haben in der letzten Minute mehr Seiten geöffnet, als wir ausliefern können. Warten Sie einen Moment und laden Sie neu.", "Neu laden"),
        "es": ("Más despacio", "Has abierto en el último minuto más páginas de las que podemos servir. Espera un momento y recarga.", "Recargar"),
        "fr": ("Doucement", "Vous avez ouvert plus de pages en une minute que nous ne pouvons en servir. Patientez un instant puis rechargez.", "Recharger"),
        "ja": ("アクセスが集中しています", "短い時間に多くのページが開かれました。少し時間をおいてから、もう一度読み込んでください。", "再読み込み"),
    },
    "paywall": {
        "en": ("Keep reading", "You have used up your free stories for this month. Become a supporter from two pounds a week and read everything we publish.", "See the plans"),
        "de": ("Weiterlesen mit Abo", "Ihr Freikontingent für diesen Monat ist aufgebraucht. Schon ab zwei Euro die Woche lesen Sie alles, was bei uns erscheint.", "Angebote ansehen"),
        "es": ("Sigue leyendo", "Ya has leído tus artículos gratuitos de este mes. Desde dos euros a la semana puedes leer todo lo que publicamos.", "Ver ofertas"),
        "fr": ("Poursuivez votre lecture", "Vous avez épuisé vos articles offerts ce mois-ci. À partir de deux euros par semaine, lisez tout ce que nous publions.", "Voir les offres"),
        "ja": ("続きは有料会員の方へ", "今月の無料記事の本数に達しました。月額千円からのプランで、すべての記事をお読みいただけます。", "プランを見る"),
    },
    "region": {
        "en": ("Not where you are", "Because of rights agreements we cannot offer this page in the country you are visiting from.", "More about this"),
        "de": ("Bei Ihnen nicht zu sehen", "Aus rechtlichen Gründen dürfen wir diese Seite in dem Land, aus dem Sie kommen, nicht anbieten.", "Mehr dazu"),
        "es": ("No donde estás", "Por acuerdos de derechos no podemos ofrecer esta página en el país desde el que nos visitas.", "Más información"),
        "fr": ("Pas dans votre pays", "En raison d'accords de droits, nous ne pouvons pas proposer cette page dans le pays d'où vous nous rendez visite.", "En savoir plus"),
        "ja": ("お住まいの地域では見られません", "権利の都合により、お客様のいらっしゃる国ではこのページをご提供できません。", "詳しく"),
    },
    "javascript": {
        "en": ("One thing is missing", "Our pages are put together in your browser, and that needs scripts, which are switched off. Switch them on and load the page again.", "How to"),
        "de": ("Da fehlt noch etwas", "Unsere Seiten werden in Ihrem Browser zusammengesetzt, dafür braucht es Skripte, und die sind abgeschaltet. Schalten Sie sie ein und laden Sie die Seite neu.", "So geht es"),
        "es": ("Falta una cosa", "Nuestras páginas se montan en tu navegador y para eso hacen falta los scripts, que están desactivados. Actívalos y vuelve a cargar la página.", "Cómo hacerlo"),
        "fr": ("Il manque quelque chose", "Nos pages sont assemblées dans votre navigateur, ce qui demande des scripts, et ils sont désactivés. Activez-les puis rechargez la page.", "Mode d'emploi"),
        "ja": ("設定をご確認ください", "当サイトの表示にはスクリプトが必要ですが、お使いのブラウザでは無効になっています。有効にしてから、ページを読み込み直してください。", "設定方法"),
    },
    "adblock": {
        "en": ("A word about ads", "It looks as if something in your browser is keeping our advertisements away. They pay for our reporters: please allow them here, then carry on.", "I have allowed them"),
        "de": ("Ein Wort zur Werbung", "Offenbar hält etwas in Ihrem Browser unsere Anzeigen fern. Sie bezahlen unsere Reporter: Bitte lassen Sie sie hier zu, dann geht es weiter.", "Ist erlaubt"),
        "es": ("Sobre los anuncios", "Parece que algo en tu navegador oculta nuestros anuncios. Pagan a nuestros reporteros: permítelos aquí, por favor, y continúa.", "Ya los permito"),
        "fr": ("Un mot sur la publicité", "On dirait que quelque chose dans votre navigateur masque nos annonces. Elles paient nos reporters : autorisez-les ici, puis continuez.", "C'est fait"),
        "ja": ("広告についてのお願い", "お使いのブラウザで広告が非表示になっているようです。取材の費用は広告でまかなわれています。当サイトでの表示を許可して、続きをお読みください。", "許可しました"),
    },
}
