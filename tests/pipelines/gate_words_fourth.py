"""Notices of a fourth hand: not looked at while the gate was mended after the third's; 12 of 30 before, 25 after.

Kind, then language -> title, lines..., button; as in `gate_words`.
"""
# ruff: noqa: E501 - tables of words are easier to read unbroken and as they are

from __future__ import annotations

# fmt: off
FOURTH: dict[str, dict[str, tuple[str, ...]]] = {
    "challenge": {
        "en": ("Just checking", "Something about this visit made us think of a robot. Show us that you are not one by sliding the piece into place.", "Slide"),
        "de": ("Sind Sie es wirklich?", "Etwas an diesem Besuch kam uns wie ein Roboter vor. Schieben Sie das Teil an seinen Platz, dann wissen wir, dass Sie keiner sind.", "Schieben"),
        "es": ("¿Eres tú?", "Algo en esta visita nos ha recordado a un robot. Desliza la pieza hasta su sitio para demostrarnos que no lo eres.", "Deslizar"),
        "fr": ("C'est bien vous ?", "Quelque chose dans cette visite nous a fait penser à un robot. Glissez la pièce à sa place pour nous montrer que vous n'en êtes pas un.", "Glisser"),
        "ja": ("念のための確認", "今回のアクセスはロボットによるものと区別がつきませんでした。パズルのピースを動かして、人であることをお示しください。", "動かす"),
    },
    "consent": {
        "en": ("Your data, your decision", "Cookies let us count visits, remember what you like and finance our work through adverts that suit you. Say yes to all, or pick purpose by purpose which of our partners may use your data.", "Yes to all"),
        "de": ("Ihre Daten, Ihre Entscheidung", "Mit Cookies zählen wir Besuche, merken uns Ihre Vorlieben und bezahlen unsere Arbeit mit Werbung, die zu Ihnen passt. Erlauben Sie alles, oder wählen Sie einzeln, welche Partner Ihre Daten nutzen dürfen.", "Alles erlauben"),
        "es": ("Tus datos, tu decisión", "Con las cookies contamos visitas, recordamos tus gustos y pagamos nuestro trabajo con publicidad que va contigo. Permite todo o elige uno a uno qué socios pueden usar tus datos.", "Permitir todo"),
        "fr": ("Vos données, votre décision", "Les cookies nous servent à compter les visites, à retenir vos goûts et à financer notre travail par une publicité qui vous ressemble. Autorisez tout, ou choisissez quels partenaires peuvent utiliser vos données.", "Tout autoriser"),
        "ja": ("データの利用について", "クッキーを使って訪問者数を数え、お好みを記憶し、お客様に合った広告で運営費をまかなっています。すべて許可するか、目的ごとにお選びください。", "すべて許可"),
    },
    "not_found": {
        "en": ("Wrong turn", "Whatever you were after is not kept under this link. Perhaps a letter slipped; our search knows the way.", "Search"),
        "de": ("Falsch abgebogen", "Was Sie gesucht haben, liegt nicht unter diesem Link. Vielleicht hat sich ein Buchstabe verirrt; die Suche kennt den Weg.", "Suche"),
        "es": ("Camino equivocado", "Lo que buscabas no está en este enlace. Quizá se ha colado una letra; nuestro buscador conoce el camino.", "Buscar"),
        "fr": ("Mauvais chemin", "Ce que vous cherchiez ne se trouve pas derrière ce lien. Une lettre s'est peut-être glissée; notre recherche connaît le chemin.", "Rechercher"),
        "ja": ("道に迷われましたか", "お探しの内容はこのリンク先にはございません。文字の打ち間違いかもしれません。検索窓からお探しいただけます。", "検索"),
    },
    "paywall": {
        "en": ("For subscribers", "This story comes with a digital subscription. The first four weeks cost one pound, and you may stop whenever you like.", "Try it"),
        "de": ("Für Abonnenten", "Diese Geschichte gehört zum Digitalabo. Die ersten vier Wochen kosten einen Euro, und Sie können jederzeit aufhören.", "Testen"),
        "es": ("Para suscriptores", "Esta historia forma parte de la suscripción digital. Las primeras cuatro semanas cuestan un euro y puedes dejarlo cuando quieras.", "Probar"),
        "fr": ("Pour les abonnés", "Ce récit fait partie de l'abonnement numérique. Les quatre premières semaines coûtent un euro, et vous arrêtez quand vous voulez.", "Essayer"),
        "ja": ("購読者の方へ", "この記事は電子版の購読者向けです。最初の四週間は百円でお試しいただけ、いつでも解約できます。", "試す"),
    },
    "javascript": {
        "en": ("We can't show you this", "This page only comes alive with JavaScript. Your browser has it turned off or is too old for it: change the setting or take a newer one.", "Help"),
        "de": ("Das können wir Ihnen nicht zeigen", "Diese Seite lebt von JavaScript. Ihr Browser hat es abgeschaltet oder ist zu alt dafür: Ändern Sie die Einstellung oder nehmen Sie einen neueren.", "Hilfe"),
        "es": ("No podemos mostrarte esto", "Esta página solo cobra vida con JavaScript. Tu navegador lo tiene apagado o es demasiado antiguo: cambia el ajuste o usa uno más nuevo.", "Ayuda"),
        "fr": ("Nous ne pouvons pas vous montrer cela", "Cette page ne vit qu'avec JavaScript. Votre navigateur l'a désactivé ou est trop ancien : changez le réglage ou prenez-en un plus récent.", "Aide"),
        "ja": ("表示できません", "このページはJavaScriptで動いています。お使いのブラウザでは切られているか、古すぎるようです。設定を変えるか、新しいものをご利用ください。", "ヘルプ"),
    },
    "maintenance": {
        "en": ("Spring cleaning", "Our pages are being looked after and rest for an hour or two. We apologise for the wait; nothing is lost.", "Try again"),
        "de": ("Frühjahrsputz", "Unsere Seiten werden gerade gepflegt und ruhen für ein, zwei Stunden. Wir bitten um Entschuldigung; verloren ist nichts.", "Noch einmal"),
        "es": ("Limpieza de primavera", "Estamos cuidando nuestras páginas, que descansan una o dos horas. Perdona la espera; no se ha perdido nada.", "Otra vez"),
        "fr": ("Grand nettoyage", "Nos pages sont en cours d'entretien et se reposent une heure ou deux. Pardon pour l'attente; rien n'est perdu.", "Réessayer"),
        "ja": ("お手入れ中です", "現在、当サイトは手入れのため一、二時間お休みしております。お待たせして申し訳ありません。", "再試行"),
    },
}
