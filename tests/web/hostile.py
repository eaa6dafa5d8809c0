"""Pages that try to get out of their replay, written for these tests: each by its name."""
# ruff: noqa: E501 - markup is easier to read unbroken

from __future__ import annotations

LIVE = "https://live.example"

HOSTILE: dict[str, str | bytes] = {
    "script": f'<script src="{LIVE}/a.js"></script><script>location="{LIVE}"</script>',
    "handlers": f"<body onload=\"fetch('{LIVE}')\"><img src=x onerror=\"top.location='{LIVE}'\">",
    "svg onload": f'<svg onload="fetch(\'{LIVE}\')"><image href="{LIVE}/i"/><a xlink:href="javascript:1">x</a></svg>',
    "svg use and animate": f'<svg><use href="{LIVE}/u#a"/><animate attributeName=href values="javascript:1"/></svg>',
    "svg style and script": f"<svg><style>@import '{LIVE}/s.css';</style><script href='{LIVE}/a.js'></script></svg>",
    "math": f'<math><maction actiontype="statusline" xlink:href="{LIVE}">x</maction></math>',
    "meta refresh": f'<meta http-equiv="refresh" content="0; URL={LIVE}/r">',
    "meta refresh odd": f"<meta HTTP-EQUIV=' Refresh ' content='0,{LIVE}/r'><meta http-equiv=set-cookie content=a=1>",
    "meta csp": '<meta http-equiv=Content-Security-Policy content="script-src *"><script>1</script>',
    "base": f'<base href="{LIVE}/b/"><a href="c">x</a><img src="d.png">',
    "base javascript": '<base href="javascript:/a"><a href="b">x</a>',
    "javascript links": '<a href="javascript:alert(1)">1</a><a href=" \x01java\tscript&#58;alert(1)">2</a>'
    '<area href="&#106avascript:1"><a href="vbscript:x">3</a>',
    "data links": '<a href="data:text/html,<script>1</script>">x</a><iframe src="data:text/html,<b onclick=1>"></iframe>',
    "iframe": f'<iframe src="{LIVE}/f"></iframe><iframe src="javascript:1"></iframe>',
    "iframe srcdoc": "<iframe srcdoc=\"<script>parent.x()</script><iframe srcdoc='<img onerror=1>'>\"></iframe>",
    "frameset": f'<frameset><frame src="{LIVE}/1"><frame src="javascript:1"></frameset>',
    "form": f'<form action="{LIVE}/post"><input name=a type=image src="{LIVE}/i.png"><button formaction="{LIVE}">b</button>',
    "form javascript": '<form action="javascript:1"><input autofocus onfocus=1><select onchange=1><option></select>',
    "object and embed": f'<object data="{LIVE}/o.swf"><embed src="{LIVE}/e"><param name=movie value="{LIVE}/m"></object>',
    "applet": f'<applet code="x" archive="{LIVE}/a.jar"></applet>',
    "css import": f"<style>@import \"{LIVE}/a.css\"; @\\69mport url({LIVE}/b.css);@import'//live.example/c';</style>",
    "css url": f"<p style=\"background:url({LIVE}/a.png);list-style:u\\72l('{LIVE}/b')\">"
    f"<style>a{{background:url(  {LIVE}/c )}} b{{cursor:url('{LIVE}/d'),auto}}</style>",
    "css functions": f'<style>a{{background:image-set("{LIVE}/a" 1x)}} b{{--x:"{LIVE}/b";'
    f"background:-webkit-image-set(var(--x) 1x)}} @font-face{{src:url(//live.example/f)}}</style>",
    "css comments": f"<style>a{{background:u/**/rl({LIVE});background:url/**/('{LIVE}')}}/*</style><script>1</script>*/",
    "css end tag": "<style>a{content:\"\\3c/style><script>1</script>\"}</style><style>b{content:'</style><img src=x onerror=1>'}",
    "css behaviour": f'<p style="behavior:url({LIVE}/x.htc);-moz-binding:url({LIVE}/b);width:expression(alert(1))">',
    "css cut short": f'<style>a{{background:url({LIVE}/x\\</style><style>b{{background:url("{LIVE}/y</style>',
    "srcset": f'<img srcset="{LIVE}/a.png 1x,{LIVE}/b.png 2x, //live.example/c 3x,javascript:1 4x"><picture><source '
    f'srcset="{LIVE}/d">',
    "link relations": "".join(
        f'<link rel="{name}" href="{LIVE}/{name}">'
        for name in (
            "prefetch",
            "preconnect",
            "dns-prefetch",
            "preload",
            "modulepreload",
            "manifest",
            "import",
            "icon",
        )
    )
    + f'<link rel="stylesheet prefetch" href="{LIVE}/s.css" onload=1><link rel=stylesheet href="javascript:1">',
    "service worker": f"<script>navigator.serviceWorker.register('{LIVE}/sw.js')</script><link rel=serviceworker href=/sw.js>",
    "top navigation": f'<script>window.top.location="{LIVE}"</script><a target=_top href="{LIVE}/t">x</a>',
    "cookies and storage": "<script>document.cookie='a=1';localStorage.a=1</script><img src=a onerror=document.cookie=1>",
    "ping": f'<a href="{LIVE}/a" ping="{LIVE}/ping" attributionsrc="{LIVE}/x">x</a>',
    "import map": f'<script type="importmap">{{"imports":{{"a":"{LIVE}/a.js"}}}}</script>'
    f'<script type="speculationrules">{{"prefetch":[{{"urls":["{LIVE}"]}}]}}</script>',
    "xhtml": f'<?xml version="1.0"?><?xml-stylesheet href="{LIVE}/s.xsl" type="text/xsl"?><html xmlns="http://www.w3.org/'
    f'1999/xhtml" xmlns:h="http://www.w3.org/1999/xhtml"><body><h:script src="{LIVE}/a"/><![CDATA[<script>1</script>]]>',
    "utf-7": b'<meta charset="utf-7">+ADw-script+AD4-alert(1)+ADw-/script+AD4-<a href="+AGoAYQB2AGEAcwBjAHIAaQBwAHQAOg-1">x</a>',
    "noscript": f'<noscript><p title="</noscript><img src=x onerror=1>"></noscript><noscript><img src="{LIVE}/n"></noscript>',
    "template": f'<template><script>1</script><img src="{LIVE}/t" onerror=1></template><template shadowrootmode=open><slot>',
    "mutation": '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=1&gt;">'
    '<svg></p><style><a id="</style><img src=1 onerror=1>"><noembed><img alt="</noembed><img onerror=1>">',
    "backslashes": "<a href='https:\\\\live.example\\x'>1</a><a href='/\\live.example'>2</a><img src='\\\\live.example\\i'>"
    "<a href='https:live.example'>3</a><a href='https://u:p@live.example/'>4</a>",
    "media": f'<video src="{LIVE}/v" poster="{LIVE}/p" autoplay><track src="{LIVE}/t"></video><audio src=//live.example/a>'
    f'<body background="{LIVE}/bg"><table background="{LIVE}/t"><td background="{LIVE}/td">',
    "old raw text": f"<xmp><script>1</script></xmp><listing><img onerror=1></listing><plaintext><script src={LIVE}>",
    "comments": f"<!--[if IE]><script src={LIVE}></script><![endif]--><!--><img src={LIVE}/c onerror=1>--><!- -><!bogus {LIVE}>",
    "odd names": f'<img/src="{LIVE}/a"/onerror=1><img """><script>1</script>"><x:script>1</x:script><a\x0chref="{LIVE}">',
    "nul and controls": "<scr\0ipt>1</scr\0ipt><a href='java\0script:1'>x</a><img src=x on\0error=1><a href='\u2028javascript:1'>",
    "attribute breakout": "<a title='\"><script>1</script>' class='\"onclick=1 x=\"' href='x\"onclick=\"1'>x</a><p id=`onclick=1` onclick=2>",
}
