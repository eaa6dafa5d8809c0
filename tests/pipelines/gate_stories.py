"""Stories that the gate's pages are filled with: headlines, sentences, and articles that speak of walls."""
# ruff: noqa: E501 - prose is easier to read unbroken and as it is

from __future__ import annotations

SITE = {"en": "The Harbour Post", "de": "Hafenpost", "es": "El Correo del Puerto", "fr": "Le Courrier du Port", "ja": "みなと新報"}  # fmt: skip

SECTIONS = {
    "en": ("Home", "Politics", "Business", "Culture", "Sport", "Weather"),
    "de": ("Start", "Politik", "Wirtschaft", "Kultur", "Sport", "Wetter"),
    "es": ("Portada", "Política", "Economía", "Cultura", "Deportes", "Tiempo"),
    "fr": ("Accueil", "Politique", "Économie", "Culture", "Sport", "Météo"),
    "ja": ("トップ", "政治", "経済", "文化", "スポーツ", "天気"),
}

HEADLINES = {
    "en": (
        "Ferry to the island runs again after the storm",
        "Council votes for a second library",
        "Old mill becomes a school of bakers",
        "Rowers win the regatta for the third time",
        "New tram line opens in the spring",
        "Museum shows the maps of the first pilots",
        "Prices for fish fall to a ten year low",
        "Night market moves to the lower quay",
    ),
    "de": (
        "Fähre zur Insel fährt nach dem Sturm wieder",
        "Stadtrat stimmt für eine zweite Bücherei",
        "Alte Mühle wird zur Schule für Bäcker",
        "Ruderer gewinnen die Regatta zum dritten Mal",
        "Neue Straßenbahn fährt ab dem Frühjahr",
        "Museum zeigt Karten der ersten Lotsen",
        "Fischpreise fallen auf den tiefsten Stand seit zehn Jahren",
        "Nachtmarkt zieht an den unteren Kai",
    ),
    "es": (
        "El transbordador vuelve a la isla tras el temporal",
        "El pleno aprueba una segunda biblioteca",
        "El viejo molino será una escuela de panaderos",
        "Los remeros ganan la regata por tercera vez",
        "La nueva línea de tranvía abre en primavera",
        "El museo muestra los mapas de los primeros prácticos",
        "El precio del pescado cae a su mínimo en diez años",
        "El mercado nocturno se muda al muelle bajo",
    ),
    "fr": (
        "Le bac pour l'île reprend après la tempête",
        "Le conseil vote une seconde bibliothèque",
        "Le vieux moulin devient une école de boulangers",
        "Les rameurs gagnent la régate pour la troisième fois",
        "La nouvelle ligne de tram ouvre au printemps",
        "Le musée montre les cartes des premiers pilotes",
        "Le prix du poisson au plus bas depuis dix ans",
        "Le marché de nuit s'installe sur le quai bas",
    ),
    "ja": (
        "嵐のあと島への渡し船が再開",
        "市議会が第二図書館の建設を可決",
        "古い水車小屋がパン職人の学校に",
        "ボート部が三度目の優勝",
        "新しい路面電車は春に開業",
        "博物館で水先案内人の地図展",
        "魚の価格が十年ぶりの安値に",
        "夜市が下の埠頭へ移転",
    ),
}

SENTENCES = {
    "en": (
        "The harbour master said on Monday that the ferry would sail again from the middle of the week, as soon as the divers have looked at the landing stage.",
        "About four hundred people live on the island, and most of them had stayed at home since the storm tore away part of the pier.",
        "The repair cost ninety thousand euros, which the town and the region share between them.",
        "A baker from the upper village told us that she had run out of flour on the third day.",
        "The council will talk about a new stone pier in the autumn, when the report of the engineers is ready.",
        "Until then the boats leave only at high water, twice a day, and the timetable hangs at the old customs house.",
    ),
    "de": (
        "Der Hafenmeister sagte am Montag, die Fähre werde ab Mitte der Woche wieder fahren, sobald die Taucher den Anleger geprüft haben.",
        "Rund vierhundert Menschen leben auf der Insel, und die meisten blieben zu Hause, seit der Sturm einen Teil des Stegs fortriss.",
        "Die Reparatur kostete neunzigtausend Euro, die sich Stadt und Land teilen.",
        "Eine Bäckerin aus dem oberen Dorf erzählte, ihr sei am dritten Tag das Mehl ausgegangen.",
        "Im Herbst will der Rat über einen neuen Steg aus Stein sprechen, wenn das Gutachten der Ingenieure vorliegt.",
        "Bis dahin legen die Boote nur bei Hochwasser ab, zweimal am Tag, und der Fahrplan hängt am alten Zollhaus.",
    ),
    "es": (
        "El capitán del puerto dijo el lunes que el transbordador volverá a navegar a mitad de semana, en cuanto los buzos revisen el atracadero.",
        "Unas cuatrocientas personas viven en la isla, y casi todas se quedaron en casa desde que el temporal arrancó parte del muelle.",
        "El arreglo costó noventa mil euros, que pagan a medias la ciudad y la región.",
        "Una panadera del pueblo alto contó que al tercer día se quedó sin harina.",
        "El pleno hablará en otoño de un muelle nuevo de piedra, cuando esté listo el informe de los ingenieros.",
        "Hasta entonces los barcos salen solo con la marea alta, dos veces al día, y el horario cuelga en la vieja aduana.",
    ),
    "fr": (
        "Le capitaine du port a dit lundi que le bac naviguerait de nouveau au milieu de la semaine, dès que les plongeurs auront vu l'embarcadère.",
        "Environ quatre cents personnes vivent sur l'île, et la plupart sont restées chez elles depuis que la tempête a emporté une partie de la jetée.",
        "La réparation a coûté quatre-vingt-dix mille euros, que la ville et la région se partagent.",
        "Une boulangère du village haut a raconté qu'elle n'avait plus de farine le troisième jour.",
        "Le conseil parlera à l'automne d'une nouvelle jetée en pierre, quand le rapport des ingénieurs sera prêt.",
        "D'ici là les bateaux ne partent qu'à marée haute, deux fois par jour, et l'horaire est affiché à la vieille douane.",
    ),
    "ja": (
        "港長は月曜日、潜水士が桟橋の点検を終えしだい、週の半ばから渡し船の運航を再開すると述べた。",
        "島にはおよそ四百人が暮らしており、嵐で桟橋の一部が流されてから、ほとんどの人が家にとどまっていた。",
        "修理には九万ユーロがかかり、市と州が半分ずつ負担する。",
        "上の村のパン職人の女性は、三日目に小麦粉がなくなったと話した。",
        "市議会は秋に技術者の報告書がまとまるのを待って、石造りの新しい桟橋について話し合う。",
        "それまで船は一日に二度、満潮のときだけ出航し、時刻表は古い税関の建物に掲示されている。",
    ),
}

# Articles that speak of what the gate looks for: headline, then sentences; each is followed by the harbour's.
ABOUT: dict[str, tuple[tuple[str, ...], ...]] = {
    "en": (
        (
            "What the new cookie banners mean for readers",
            "From next month sites must offer a button that says reject all beside the one that says accept all.",
            "Lawyers say that consent given without a choice was never consent, and that partners may store personal data only after it.",
        ),
        (
            "Why more papers ask you to subscribe to continue reading",
            "Half of the country's papers now have a paywall, a study by the university shows.",
            "Most readers who meet one leave, but those who are subscribers already stay longer than before.",
        ),
        (
            "Error 404: the artist who collects lost pages",
            "She has printed four hundred pages that say page not found and hung them in the old fish hall.",
            "A page that no longer exists, she says, is a small grave with a joke on it.",
        ),
        (
            "Security service goes down and takes a thousand sites with it",
            "For two hours visitors saw 502 bad gateway instead of their bank, their doctor and their news.",
            "The company said that a change to its checks for bots had used up the memory of its servers.",
        ),
        (
            "Are you a robot? The puzzle turns twenty-five",
            "The test that asks people to pick the squares with a traffic light began at a university.",
            "Today programs solve the captcha faster than people do, and its makers look at how the mouse moves instead.",
        ),
        (
            "Site of the town hall down for maintenance at the weekend",
            "Who needs a passport should come on Friday, because the site of the town hall will be unavailable until Monday.",
            "The old servers will be replaced, and the forms will be back on Monday at eight.",
        ),
        (
            "Age checks for video sites begin in July",
            "Who wants to watch must then show that they are over 18, with a card or a photograph.",
            "Critics fear that the data will be kept, and ask for a check that does not know who you are.",
        ),
    ),
    "de": (
        (
            "Was die neuen Cookie-Banner für Leser bedeuten",
            "Ab dem nächsten Monat muss neben dem Knopf Alle akzeptieren auch einer stehen, der Alle ablehnen heißt.",
            "Juristen sagen, eine Einwilligung ohne Wahl sei nie eine gewesen, und Partner dürften personenbezogene Daten erst danach speichern.",
        ),
        (
            "Warum immer mehr Zeitungen ein Abo verlangen",
            "Die Hälfte der Zeitungen im Land hat heute eine Bezahlschranke, zeigt eine Studie der Universität.",
            "Die meisten Leser gehen dann wieder, doch wer schon Abonnent ist, bleibt länger als zuvor.",
        ),
        (
            "Fehler 404: die Künstlerin der verlorenen Seiten",
            "Sie hat vierhundert Seiten gedruckt, auf denen Seite nicht gefunden steht, und in die alte Fischhalle gehängt.",
            "Eine Seite, die es nicht mehr gibt, sagt sie, ist ein kleines Grab mit einem Witz darauf.",
        ),
        (
            "Sicherheitsdienst fällt aus und nimmt tausend Seiten mit",
            "Zwei Stunden lang sahen Besucher nur einen Serverfehler statt ihrer Bank, ihrer Ärztin und ihrer Zeitung.",
            "Die Firma sagte, eine Änderung an der Prüfung auf Roboter habe den Speicher der Server verbraucht.",
        ),
        (
            "Wartungsarbeiten: Rathaus am Wochenende nicht erreichbar",
            "Wer einen Pass braucht, soll am Freitag kommen, denn die Website des Rathauses ist bis Montag nicht verfügbar.",
            "Die alten Server werden ersetzt, und die Formulare sind am Montag um acht wieder da.",
        ),
    ),
    "es": (
        (
            "Qué significan los nuevos avisos de cookies para los lectores",
            "Desde el mes que viene, junto al botón de aceptar todo debe haber otro que diga rechazar todo.",
            "Los juristas dicen que un consentimiento sin elección nunca lo fue, y que los socios solo pueden guardar datos personales después.",
        ),
        (
            "Por qué cada vez más diarios piden una suscripción",
            "La mitad de los diarios del país tiene hoy un muro de pago, según un estudio de la universidad.",
            "La mayoría de los lectores se va, pero quien ya es suscriptor se queda más tiempo que antes.",
        ),
        (
            "Error 404: la artista de las páginas perdidas",
            "Ha impreso cuatrocientas páginas que dicen página no encontrada y las ha colgado en la vieja lonja.",
            "Una página que ya no existe, dice, es una pequeña tumba con un chiste encima.",
        ),
        (
            "La web del ayuntamiento, en mantenimiento el fin de semana",
            "Quien necesite un pasaporte debe venir el viernes, porque la web no estará disponible hasta el lunes.",
            "Los viejos servidores serán sustituidos y los formularios volverán el lunes a las ocho.",
        ),
    ),
    "fr": (
        (
            "Ce que les nouveaux bandeaux de cookies changent pour les lecteurs",
            "Dès le mois prochain, à côté du bouton tout accepter doit se trouver un bouton tout refuser.",
            "Les juristes disent qu'un consentement sans choix n'en était pas un, et que les partenaires ne peuvent garder des données personnelles qu'après.",
        ),
        (
            "Pourquoi de plus en plus de journaux réservent leurs articles aux abonnés",
            "La moitié des journaux du pays est aujourd'hui payante, montre une étude de l'université.",
            "La plupart des lecteurs s'en vont, mais ceux qui sont déjà abonnés restent plus longtemps qu'avant.",
        ),
        (
            "Erreur 404 : l'artiste des pages perdues",
            "Elle a imprimé quatre cents pages qui disent page introuvable et les a accrochées dans la vieille halle.",
            "Une page qui n'existe plus, dit-elle, est une petite tombe avec une plaisanterie dessus.",
        ),
        (
            "Le site de la mairie en maintenance ce week-end",
            "Qui a besoin d'un passeport doit venir vendredi, car le site sera indisponible jusqu'à lundi.",
            "Les vieux serveurs seront remplacés, et les formulaires reviendront lundi à huit heures.",
        ),
    ),
    "ja": (
        (
            "新しいCookie表示で読者はどうなるか",
            "来月から、すべて同意するというボタンの横に、すべて拒否するというボタンを置くことが義務になる。",
            "法律家は、選ぶことのできない同意は同意ではなく、個人データの保存はそのあとに限られると話す。",
        ),
        (
            "有料会員を求める新聞が増える理由",
            "国内の新聞の半数が有料会員の制度を設けていることが、大学の調査でわかった。",
            "多くの読者は離れるが、すでに会員である人は以前より長くとどまるという。",
        ),
        (
            "404エラーを集める芸術家",
            "ページが見つかりませんと書かれた四百枚の紙を印刷し、古い魚市場に展示した。",
            "なくなったページは冗談の書かれた小さな墓のようなものだと彼女は言う。",
        ),
        (
            "市役所のサイト、週末はメンテナンス",
            "旅券が必要な人は金曜日に来てほしい。サイトは月曜日まで利用できない。",
            "古いサーバーを入れ替え、申請書は月曜日の八時に再び使えるようになる。",
        ),
    ),
}

# Complete and short: 60 to 100 words (of scripts with spaces), nothing more to come.
BRIEFS = {
    "en": "A fire in a boat shed at the lower quay was put out in less than an hour on Sunday night, the fire brigade said. Nobody was hurt. Two rowing boats and a trailer were lost, and the damage is put at eleven thousand euros. The police are looking into the cause, and ask anyone who saw a light in the shed before ten to call. The road along the quay was closed until midnight.",
    "de": "Ein Feuer in einem Bootsschuppen am unteren Kai war am Sonntagabend in weniger als einer Stunde gelöscht, wie die Feuerwehr mitteilte. Verletzt wurde niemand. Zwei Ruderboote und ein Anhänger verbrannten, der Schaden wird auf elftausend Euro geschätzt. Die Polizei ermittelt und bittet alle, die vor zehn Uhr ein Licht im Schuppen sahen, sich zu melden. Die Straße war bis Mitternacht gesperrt.",
    "es": "Un incendio en un cobertizo de barcas del muelle bajo quedó apagado en menos de una hora el domingo por la noche, según los bomberos. No hubo heridos. Se perdieron dos botes de remos y un remolque, y los daños se calculan en once mil euros. La policía investiga la causa y pide que llame quien viera una luz antes de las diez. La calle estuvo cortada hasta medianoche.",
    "fr": "Un incendie dans un hangar à bateaux du quai bas a été éteint en moins d'une heure dimanche soir, selon les pompiers. Personne n'a été blessé. Deux barques et une remorque ont brûlé, et les dégâts sont estimés à onze mille euros. La police cherche la cause et demande à qui aurait vu une lumière avant dix heures d'appeler. La rue est restée fermée jusqu'à minuit.",
    "ja": "消防によると、下の埠頭のボート小屋で日曜日の夜に火災があり、一時間足らずで消し止められた。けが人はいなかった。手こぎの船二艘と荷車一台が焼け、被害額は一万一千ユーロとみられる。警察が原因を調べており、十時より前に小屋の明かりを見た人は連絡してほしいと呼びかけている。埠頭沿いの道は真夜中まで通行止めとなった。",
}

CORRECTION = {
    "en": "Correction: an earlier version of this story said that the shed stands at the upper quay.",
    "de": "Korrektur: In einer früheren Fassung hieß es, der Schuppen stehe am oberen Kai.",
    "es": "Corrección: una versión anterior decía que el cobertizo está en el muelle alto.",
    "fr": "Correction : une version précédente plaçait le hangar sur le quai haut.",
    "ja": "訂正:以前の記事では小屋の場所を上の埠頭としていました。",
}
