"""What the pages of contracts show, as the components of the theme take it."""

from theme.formats import cubic_metres, short_date


def contract_table(contracts, url_of):
    """Return {columns, rows} of the list of contracts; `url_of(reference)` is the address of one."""
    columns = [
        {"label": "Référence client", "key": "reference", "kind": "link"},
        {"label": "Point de livraison", "key": "place"},
        {"label": "Dernier index", "key": "index", "align": "end"},
        {"label": "Relevé le", "key": "read_on", "kind": "date"},
        {"label": "État", "key": "state", "kind": "chip"},
    ]
    rows = [
        {
            "reference": {"url": url_of(contract.reference), "label": contract.reference},
            "place": str(contract.delivery_point),
            "index": None if contract.last_index is None else _volume(contract.last_index),
            "read_on": contract.last_read_on,
            "state": contract.state,
        }
        for contract in contracts
    ]
    return {"columns": columns, "rows": rows}


def contract_facts(contract, history):
    """Return the items of `{% summary_list %}` for a contract."""
    facts = [
        {"label": "Titulaire", "value": contract.holder_name},
        {"label": "Point de livraison", "value": str(contract.delivery_point)},
        {"label": "Services", "value": ", ".join(str(label) for label in contract.service_labels) or "Non précisés"},
    ]
    if contract.subscribed_on:
        facts.append({"label": "Abonné depuis le", "value": short_date(contract.subscribed_on)})
    if contract.terminated_on:
        facts.append({"label": "Résilié le", "value": short_date(contract.terminated_on)})
    for meter in history.meters:
        diameter = f", diamètre {meter.diameter_mm} mm" if meter.diameter_mm else ""
        label = f"Ancien compteur, déposé le {short_date(meter.removed_on)}" if meter.removed_on else "Compteur"
        facts.append({"label": label, "value": f"n° {meter.serial_number}{diameter}"})
    return facts


def half_year_table(history):
    """Return {columns, rows, description}: the chart's half-years as a table, newest first, and in a sentence."""
    columns = [
        {"label": "Période", "key": "period"},
        {"label": "Consommation", "key": "volume", "align": "end"},
        {"label": "Par jour", "key": "per_day", "align": "end"},
        {"label": "Remarque", "key": "remark"},
    ]
    rows = [
        {
            "period": half_year.label,
            "volume": cubic_metres(half_year.rounded),
            "per_day": f"{half_year.litres_per_day} litres",
            "remark": _remark(half_year),
        }
        for half_year in reversed(history.half_years)
    ]
    unusual = " et ".join(half_year.label for half_year in history.unusual)
    description = f"Plus du double de l’habitude : {unusual}." if unusual else ""
    return {"columns": columns, "rows": rows, "description": description}


def _remark(half_year):
    remarks = []
    if half_year.unusual:
        remarks.append("plus du double de l’habitude")
    if half_year.estimated:
        remarks.append("estimée en partie")
    if half_year.partial:
        remarks.append(f"sur {half_year.days} jours")
    return ", ".join(remarks).capitalize()


def reading_table(readings, *, several_meters):
    """Return {columns, rows} of ReadingRows; the meter is named when there were several."""
    columns = [
        {"label": "Date", "key": "read_on", "kind": "date"},
        {"label": "Index", "key": "index", "align": "end"},
        {"label": "Consommation", "key": "volume", "align": "end"},
        {"label": "Origine", "key": "source"},
        {"label": "État", "key": "state", "kind": "chip"},
    ]
    if several_meters:
        columns.insert(1, {"label": "Compteur", "key": "meter"})
    rows = [
        {
            "read_on": reading.read_on,
            "meter": reading.meter,
            "index": _volume(reading.index),
            "volume": _consumption(reading.consumption),
            "source": reading.source.label,
            "state": reading.state,
        }
        for reading in readings
    ]
    return {"columns": columns, "rows": rows}


def _consumption(consumption):
    if consumption is None:
        return None
    if consumption.volume is None:
        return "À vérifier"
    return f"{_volume(consumption.volume)} (retour à zéro)" if consumption.rollover else _volume(consumption.volume)


def _volume(volume):
    return cubic_metres(volume.normalize())


def mandate_facts(mandate):
    """Return the items of `{% summary_list %}` for the direct debit of a contract; none without one."""
    if mandate is None:
        return []
    return [
        {"label": "État", "value": str(mandate.state_enum.label)},
        {"label": "Compte débité", "value": mandate.masked_iban},
        {"label": "Titulaire du compte", "value": mandate.holder_name},
        {"label": "Signé le", "value": short_date(mandate.signed_on)},
        {"label": "Référence unique du mandat", "value": mandate.reference},
    ]
