"""The check before publication, for what becomes of a case: who may file, who handles, statuses, effect, delays."""

from django.utils import timezone

from ..enums import Access, CaseState, FieldKind, Silence
from ..statuses import first_of
from .built import statuses_of
from .problems import Problem
from .rules_check import answers_of

AUDIENCES = ("for_individuals", "for_households", "for_organisations")
# What a procedure with statuses of its own can't do without, and the sentence when it lacks it.
NEEDED_STATES = {
    CaseState.RECEIVED: "il faut un statut pour l’étape « Déposé » : tout dossier commence là.",
    CaseState.TO_CORRECT: "il faut un statut pour l’étape « À compléter » : les agents demandent des corrections.",
}


def check_handling(page, definition):
    """Return the Problems of the tabs « Dépôt » and « Traitement ». `definition` is None for a page without a form."""
    yield from _opening(page)
    if definition is None:
        return
    yield from _filing(page)
    yield from _department(page)
    yield from _routing(page, _children(page))
    yield from _statuses(page)
    yield from _delays(page)
    yield from _effect(page, _children(page))


def _children(page):
    """{key: child} of the questions of the steps: what routing and the effect may read."""
    return {child.value.get("key"): child for step in page.form for child in step.value["fields"]}


def _error(where, sentence, *path, block=""):
    return Problem("error", where, sentence, path, str(block or ""))


def _warning(where, sentence, *path, block=""):
    return Problem("warning", where, sentence, path, str(block or ""))


def _opening(page):
    where = "Dépôt, dates"
    if page.opens_on and page.closes_on and page.opens_on > page.closes_on:
        yield _error(where, "la fermeture précède l’ouverture.", "closes_on")
    elif page.closes_on and page.closes_on < timezone.localdate():
        yield _warning(where, "la date de fermeture est passée : personne ne pourra commencer.", "closes_on")


def _filing(page):
    where = "Dépôt"
    if not any(getattr(page, name) for name in AUDIENCES):
        yield _error(where, "cochez au moins un public : particuliers, foyers ou organismes.", "for_individuals")
    if page.access == Access.ANYONE:
        for name, words in (("needs_contract", "titulaires d’un contrat"), ("needs_child", "parents")):
            if getattr(page, name):
                sentence = f"réservée aux {words}, elle ne peut pas se déposer sans compte."
                yield _error(where, sentence, name)
    if page.online_page or page.online_url:
        yield _warning(
            "Description, comment faire",
            "la page a un formulaire : la page ou l’adresse donnée ici ne sert plus.",
            "online_page" if page.online_page else "online_url",
        )
    if not page.legal_notice:
        sentence = "dites à quoi servent les réponses et combien de temps elles sont gardées."
        yield _warning("Description, mentions", sentence, "legal_notice")


def _department(page):
    where, department = "Traitement, service", page.department
    if department is None:
        yield _error(where, "choisissez le service qui traite les dossiers.", "department")
        return
    if not department.active:
        yield _error(where, f"« {department} » n’est plus en activité.", "department")
    elif not department.members.exists():
        yield _warning(where, f"aucun agent ne fait partie de « {department} ».", "department")
    if department.contact_id is None:
        sentence = f"« {department} » n’a pas de coordonnées : l’accusé de réception n’en donnera pas."
        yield _warning(where, sentence, "department")


def _routing(page, children):
    for index, route in enumerate(page.routing):
        value, path = route.value, ("routing", index, "route")
        where = f"Traitement, orientation {index + 1}"
        key = value.get("field")
        department = value.get("department")
        if department is not None and not department.active:
            yield _error(where, f"« {department} » n’est plus en activité.", *path, "department", block=route.id)
        if not key:
            continue
        child = children.get(key)
        if child is None or child.block.kind == FieldKind.INFO:
            yield _error(where, f"aucune question n’a la clé « {key} ».", *path, "field", block=route.id)
            continue
        expected = answers_of(child)
        if expected and value.get("value") not in expected:
            proposed = ", ".join(f"{key} ({label})" for key, label in expected.items())
            sentence = f"aucune réponse ne vaut « {value.get('value')} ». Les réponses : {proposed}."
            yield _error(where, sentence, *path, "value", block=route.id)


def _statuses(page):
    where = "Traitement, statuts"
    children = list(page.statuses)
    seen = set()
    for index, child in enumerate(children):
        key = child.value.get("key")
        if key and key in seen:
            sentence = f"deux statuts portent la clé « {key} » : changez l’une des deux."
            yield _error(where, sentence, "statuses", index, "status", "key", block=child.id)
        seen.add(key)
    if not children:
        return
    states = {child.value.get("state") for child in children}
    for state, sentence in NEEDED_STATES.items():
        if state not in states:
            yield _error(where, sentence, "statuses")
    if not states & {CaseState.ACCEPTED, CaseState.REFUSED, CaseState.CLOSED}:
        sentence = "il faut un statut de fin (« Accepté », « Refusé » ou « Terminé ») : aucun dossier ne finirait."
        yield _error(where, sentence, "statuses")
    elif (CaseState.ACCEPTED in states) != (CaseState.REFUSED in states):
        missing = CaseState.REFUSED if CaseState.ACCEPTED in states else CaseState.ACCEPTED
        yield _warning(where, f"aucun statut pour l’étape « {missing.label} ».", "statuses")


def _delays(page):
    where = "Traitement, délais"
    if page.silence != Silence.NOTHING:
        if not page.time_limit_days:
            yield _error(where, "le silence n’a de sens qu’avec un délai de traitement.", "time_limit_days")
        wanted = CaseState.ACCEPTED if page.silence == Silence.ACCEPTED else CaseState.REFUSED
        if page.statuses and first_of(statuses_of(page), wanted) not in statuses_of(page):
            sentence = f"le silence mène à l’étape « {wanted.label} », qui n’a pas de statut."
            yield _error(where, sentence, "silence")
    if page.time_limit_days and page.warning_days >= page.time_limit_days:
        yield _warning(where, "l’alerte vient avant même le dépôt : réduisez-la.", "warning_days")
    if page.retention_months == 0:
        yield _warning(where, "sans durée de conservation, un dossier est effacé dès sa fin.", "retention_months")


def _effect(page, children):
    from .. import handlers

    where = "Traitement, effet"
    if not handlers.known(page.handler):
        yield _error(where, f"l’effet « {page.handler} » n’existe pas.", "handler")
        return
    handler = handlers.get(page.handler)
    if not handler:
        if page.inputs:
            yield _warning(where, "ces données ne servent pas : aucun effet n’est choisi.", "inputs")
        return
    if handler.needs_profile and page.access == Access.ANYONE:
        yield _error(where, f"« {handler.label} » demande un compte (onglet « Dépôt »).", "handler")
    if page.statuses and CaseState.ACCEPTED not in {child.value.get("state") for child in page.statuses}:
        sentence = "il faut un statut pour l’étape « Accepté » : c’est lui qui déclenche l’effet."
        yield _error(where, sentence, "statuses")
    yield from _inputs(page, handler, children)


def _inputs(page, handler, children):
    where = "Traitement, effet"
    expected = {one.name: one for one in handler.inputs}
    steps = {child.value.get("key"): step for step in page.form for child in step.value["fields"]}
    proposed = ", ".join(f"{one.name} ({one.label})" for one in handler.inputs) or "aucune"
    given = set()
    for index, child in enumerate(page.inputs):
        name, key = child.value.get("name"), child.value.get("field")
        path = ("inputs", index, "input")
        one, question = expected.get(name), children.get(key)
        if one is None:
            sentence = f"« {handler.label} » n’attend pas de donnée « {name} ». Il attend : {proposed}."
            yield _error(where, sentence, *path, "name", block=child.id)
            continue
        if name in given:
            yield _error(where, f"la donnée « {name} » est donnée deux fois.", *path, "name", block=child.id)
        given.add(name)
        if question is None:
            yield _error(where, f"aucune question n’a la clé « {key} ».", *path, "field", block=child.id)
        elif question.block.kind not in one.kinds:
            kinds = " ou ".join(f"« {FieldKind(kind).label} »" for kind in sorted(one.kinds))
            sentence = f"« {one.label} » se prend d’une question de nature {kinds}."
            yield _error(where, sentence, *path, "field", block=child.id)
        elif one.required and (reason := _may_lack(question, steps[key])):
            sentence = f"« {one.label} » est nécessaire, et la question « {key} » {reason}."
            yield _warning(where, sentence, *path, "field", block=child.id)
    for one in handler.inputs:
        if one.required and one.name not in given:
            yield _error(where, f"il manque la donnée « {one.name} » ({one.label}).", "inputs")


def _may_lack(question, step):
    """Why a case may come in without an answer to `question`, of this step, or ""."""
    if not question.value.get("required"):
        return "est facultative"
    conditions = [one.value.get("condition") or {} for one in (question, step)]
    return "ne se pose pas toujours" if any(one.get("rules") for one in conditions) else ""
