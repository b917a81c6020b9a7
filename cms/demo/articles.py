"""The news and the editorial section of the demonstration, as data."""

from datetime import date

# (date, slug, title, summary, picture, body)
NEWS = [
    (
        date(2026, 11, 18),
        "le-tarif-de-l-eau-change",
        "Le tarif de l’eau change au 1er janvier",
        "Ce qui change pour une facture de 120 m³, commune par commune.",
        ("Vallée au matin", 3, "morning"),
        [
            (
                "text",
                "<p>Le conseil a voté les tarifs 2027 le 12 novembre. Le prix du mètre cube augmente de 4 centimes en"
                " moyenne. La part fixe ne change pas.</p>",
            ),
            (
                "table",
                {
                    "caption": "Facture annuelle pour 120 m³, toutes taxes comprises",
                    "columns": [
                        {"type": "text", "heading": "Commune"},
                        {"type": "number", "heading": "2026"},
                        {"type": "number", "heading": "2027"},
                        {"type": "number", "heading": "Écart"},
                    ],
                    "rows": [
                        {"values": ["Garance-sur-Lierre", "498,20 €", "503,00 €", "+ 4,80 €"]},
                        {"values": ["Octon", "487,40 €", "492,20 €", "+ 4,80 €"]},
                        {"values": ["Vallon-sur-Loire", "512,60 €", "516,80 €", "+ 4,20 €"]},
                        {"values": ["Saint-Aubin-des-Prés", "476,00 €", "481,40 €", "+ 5,40 €"]},
                    ],
                },
            ),
            (
                "text",
                "<h2>À quoi sert cette hausse</h2><p>Elle finance le renouvellement de 6 km de canalisations et le "
                "traitement des pesticides à l’usine de la Lierre.</p>",
            ),
        ],
    ),
    (
        date(2026, 11, 14),
        "vacances-d-hiver",
        "Vacances d’hiver : ouverture des inscriptions",
        "Quatre accueils de loisirs, 180 places. Demandes jusqu’au 5 décembre.",
        ("Collines sous la neige", 5, "winter"),
        [
            (
                "text",
                "<p>Les quatre accueils de loisirs ouvrent du 21 décembre au 2 janvier, sauf les jours fériés. Les "
                "demandes se font en ligne jusqu’au 5 décembre.</p>",
            ),
            (
                "figures",
                {
                    "title": "En bref",
                    "figures": [("4", "accueils de loisirs"), ("180", "places par jour"), ("5 déc.", "dernier jour")],
                    "source": "",
                },
            ),
        ],
    ),
    (
        date(2026, 11, 9),
        "qualite-de-l-eau-bilan-de-l-automne",
        "La qualité de l’eau, bilan de l’automne",
        "42 prélèvements conformes sur 42.",
        ("Rivière à midi", 7, "noon"),
        [
            (
                "text",
                "<p>L’agence régionale de santé a réalisé 42 prélèvements entre août et octobre, à la sortie des "
                "usines et au robinet. Tous sont conformes.</p><ul><li>Aucune bactérie recherchée n’a été "
                "trouvée.</li><li>Les nitrates restent sous 18 mg/l, pour une limite de 50.</li><li>L’eau est peu "
                "calcaire.</li></ul>",
            ),
            ("quote", {"text": "L’eau du robinet est l’aliment le plus contrôlé.", "author": "Le service de l’eau"}),
        ],
    ),
    (
        date(2026, 11, 3),
        "campagne-de-releve",
        "La campagne de relève commence",
        "Les agents passent jusqu’au 12 décembre. Absent ? Transmettez votre index en ligne.",
        ("Soir sur la vallée", 11, "evening"),
        [
            (
                "text",
                "<p>Les agents portent une carte professionnelle et un gilet au nom du Pays de Garance. Ils ne "
                "demandent jamais d’argent. En cas d’absence, ils laissent un avis de passage.</p>",
            )
        ],
    ),
    (
        date(2026, 10, 27),
        "un-portail-un-compte",
        "Un portail, un compte pour toutes vos démarches",
        "Eau, enfance, vie locale : tout est au même endroit.",
        ("Collines claires", 9, "noon"),
        [
            (
                "text",
                "<p>Le nouveau portail réunit vos contrats d’eau, vos factures et les démarches de la famille. Il est"
                " pensé avec des habitants et des agents, et il fonctionne aussi sur un téléphone.</p>",
            ),
            (
                "alert",
                {
                    "tone": "success",
                    "title": "Vous aviez un compte sur l’ancien site ?",
                    "text": "<p>Créez-en un nouveau : la référence et le code de votre contrat retrouvent tout.</p>",
                },
            ),
        ],
    ),
    (
        date(2026, 10, 15),
        "subventions-2027",
        "Associations : les subventions 2027",
        "Les dossiers se déposent du 1er novembre au 15 janvier.",
        ("Rivière au matin", 21, "morning"),
        [("text", "<p>Les associations déclarées depuis plus d’un an peuvent demander une aide au projet.</p>")],
    ),
    (
        date(2026, 9, 22),
        "journee-des-usines",
        "Visitez l’usine de la Lierre",
        "Portes ouvertes samedi 3 octobre, de 10 h à 17 h.",
        ("Nuit sur le lac", 2, "night"),
        [("text", "<p>D’où vient l’eau, comment elle est traitée, où elle repart. Visite gratuite, dès 8 ans.</p>")],
    ),
    (
        date(2025, 12, 4),
        "rapport-annuel-2024",
        "Le rapport annuel de l’eau est paru",
        "Prix, qualité, fuites : les chiffres de 2024.",
        ("Plaine d’hiver", 31, "winter"),
        [("text", "<p>Le rendement du réseau atteint 84 %, deux points de mieux qu’en 2023.</p>")],
    ),
]

# (slug, title, summary, icon, body)
SERVICE_PAGES = [
    (
        "en-quelques-mots",
        "Le service de l’eau en quelques mots",
        "Une régie publique, 14 communes, 18 200 abonnés.",
        "information-circle",
        [
            (
                "text",
                "<p>La régie de l’eau et de l’assainissement appartient aux habitants. Elle capte, traite et "
                "distribue l’eau potable, puis collecte et dépollue les eaux usées de 14 communes.</p>",
            ),
            (
                "figures",
                {
                    "title": "Le service en chiffres",
                    "figures": [
                        ("18 200", "abonnés"),
                        ("412 km", "de canalisations"),
                        ("84 %", "de rendement du réseau"),
                        ("100 %", "d’analyses conformes"),
                    ],
                    "source": "Rapport annuel 2025",
                },
            ),
        ],
    ),
    (
        "nos-moyens",
        "Nos moyens",
        "Une direction, des agents de terrain, un centre technique.",
        "wrench-screwdriver",
        [
            (
                "text",
                "<ul><li><b>Une direction</b> pour planifier, gérer durablement et suivre les travaux.</li><li><b>34 "
                "agents de terrain</b>, tous les jours, pour exploiter les installations, assurer les astreintes et "
                "répondre aux urgences.</li><li><b>Un centre technique et un accueil du public</b> à "
                "Garance-sur-Lierre.</li></ul>",
            ),
            (
                "quote",
                {
                    "text": "Une fuite à 3 h du matin, c’est nous. On part à deux, et on reste jusqu’au bout.",
                    "author": "Un agent d’astreinte",
                },
            ),
        ],
    ),
    (
        "nos-missions",
        "Nos missions",
        "Informer, sécuriser, préserver, améliorer.",
        "shield-check",
        [
            (
                "text",
                "<ul><li><b>Répondre aux demandes des habitants</b> et les informer.</li><li><b>Sécuriser les "
                "ressources en eau</b> et s’engager dans une politique d’économie de l’eau.</li><li><b>Préserver la "
                "qualité des milieux naturels</b> par un traitement maîtrisé des eaux usées.</li><li><b>Harmoniser et"
                " améliorer</b> la qualité des services actuels.</li></ul>",
            ),
            (
                "accordion",
                {
                    "title": "Nos engagements",
                    "items": [
                        (
                            "Vous répondre vite",
                            "<p>Trois jours ouvrés pour un courriel, une semaine pour un courrier.</p>",
                        ),
                        ("Vous prévenir", "<p>48 heures avant une coupure pour travaux, sur ce portail.</p>"),
                        ("Vous alerter", "<p>Un courrier dès que votre consommation double.</p>"),
                    ],
                },
            ),
        ],
    ),
    (
        "tarifs",
        "Les tarifs de l’eau",
        "Part fixe, prix du mètre cube, redevances : tout est là.",
        "banknotes",
        [
            (
                "table",
                {
                    "caption": "Tarifs 2026, hors taxes",
                    "columns": [
                        {"type": "text", "heading": "Ce que vous payez"},
                        {"type": "number", "heading": "Eau potable"},
                        {"type": "number", "heading": "Assainissement"},
                    ],
                    "rows": [
                        {"values": ["Part fixe, par an", "42,00 €", "36,00 €"]},
                        {"values": ["De 0 à 120 m³, le m³", "1,3200 €", "1,6100 €"]},
                        {"values": ["Au-delà de 120 m³, le m³", "1,4800 €", "1,6100 €"]},
                    ],
                },
            ),
            (
                "text",
                "<p>S’y ajoutent les redevances de l’agence de l’eau et la TVA : 5,5 % sur l’eau, 10 % sur "
                "l’assainissement.</p>",
            ),
        ],
    ),
]
