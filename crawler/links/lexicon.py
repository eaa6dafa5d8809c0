"""Words of news sites' addresses and menus, by what they lead to, in the languages we know of."""

from __future__ import annotations


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Path segments that lead to lists of stories, and to no story.
LISTS = _words(
    """
    tag tags topic topics thema themen tema temas sujet sujets category categories categoria categorias
    categorie kategorie kategorien rubrik rubrique rubriques section sections seccion secciones sezione
    archive archives archiv archivo arquivo page hashtag search suche buscar recherche cerca zoeken
    series collections author authors autor autores auteur auteurs autore autoren byline bylines
    contributor contributors profile profiles people person staff team masthead columnists columnist
    """
)

# Segments that lead to what a site does besides telling news.
SERVICES = _words(
    """
    user users member members login signin sign-in logout register signup sign-up account accounts
    my-account subscribe subscription subscriptions abo abonnement abonnements suscripcion suscripciones
    membership donate donation donations newsletter newsletters boletines alerts shop store cart
    checkout shopping deals coupons sweepstakes contests classifieds jobs careers karriere stellen about
    about-us ueber-uns quienes-somos contact contact-us contacts kontakt contacto impressum imprint
    legal privacy privacy-policy datenschutz privacidad terms terms-of-service terms-of-use
    terms-and-conditions agb cookies cookie-policy help hilfe ayuda faq support customer-service press
    ethics corrections advertise advertising advertise-with-us publicidad mediadaten sponsored-content
    accessibility sitemap rss feed feeds share intent sharer sharer.php wp-admin wp-login.php wp-content
    wp-json cdn-cgi rights permissions copyright
    """
)

# Segments of things that are seen, heard or looked up rather than read; some sites keep stories there.
MEDIA = _words(
    """
    video videos videoes audio podcast podcasts live livestream watch gallery galleries photos slideshow
    radio tv show shows program programs programme schedule comics games puzzles crossword crosswords
    horoscope horoscopes weather wetter traffic closings obituaries events event calendar kalender
    e-edition eedition epaper
    """
)

STORIES = _words(
    """
    article articles artikel articulo articulos articolo story stories nyheter noticia noticias
    news-story nachrichten meldung actualite actualites p posts post
    """
)

# A path that ends in one of these is no page with a story.
FILES = _words(
    """
    pdf jpg jpeg png gif webp svg ico mp3 m4a mp4 mov avi zip gz xml rss atom json css js txt doc docx
    xls xlsx
    """
)

# The first label of a host that is a service of the site.
SERVICE_HOSTS = _words(
    """
    help support shop store jobs careers account accounts my login subscribe donate newsletters apps
    status ads advertise advertising privacy policies
    """
)

# Words with which a link says what it does, not what happened; any language's that we met.
ACTIONS = _words(
    """
    subscribe subscribing subscription donate advertise contact privacy terms policy cookies login
    register logout newsletter newsletters sponsored sponsorship membership archives archive staff
    masthead careers jobs help faq accessibility feedback submit join download app facebook twitter
    instagram youtube linkedin whatsapp kontakt impressum datenschutz abonnieren anmelden werbung
    contacto publicidad suscripcion suscribirse aviso contactez abonnement abonnez mentions
    confidentialite
    """
)

# Words that say "go on": of a story or of a list, whatever the rest of the link says.
MORE = _words(
    """
    more mehr read lire suite leer weiter weiterlesen next continue comments comment kommentare
    """
)
