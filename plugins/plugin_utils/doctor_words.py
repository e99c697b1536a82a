# Copyright: (c) 2026, the xivo.xci authors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the doctor advises, in French. Names of options and files are not translated."""

from __future__ import annotations

import re

FRENCH = {
    "take XCI's spelling into the documents, or each run writes it again":
        "reprenez l'orthographe de XCI dans les documents, sinon chaque exécution l'écrit de nouveau",
    "report this: this collection can't read the rest of a list, and writes nothing":
        "signalez-le : cette collection ne peut pas lire le reste d'une liste, et n'écrit rien",
    "report this; where a login fails, check xci_login and xci_password first":
        "signalez-le ; si une connexion échoue, vérifiez d'abord xci_login et xci_password",
    "report this; avoid runs that last longer than a session of XCI":
        "signalez-le ; évitez les exécutions plus longues qu'une session de XCI",
    "set up an administrator for Ansible alone, and avoid two runs at once":
        "créez un administrateur pour Ansible seul, et évitez deux exécutions simultanées",
    "set read_back_timeout to more than {value} seconds if it is less":
        "réglez read_back_timeout à plus de {value} secondes s'il est inférieur",
    "report this: accents can't be read; look for a proxy that changes the encoding":
        "signalez-le : les accents sont illisibles ; cherchez un proxy qui change l'encodage",
    "avoid changing entities with such keys, and report their names":
        "évitez de modifier les entités qui ont de telles clés, et signalez leurs noms",
    "report this: entities can't be read by their path":
        "signalez-le : les entités ne peuvent être lues par leur chemin",
    "prefer match_on: internal_number; to be shown, changed or found by a login, each user is read alone":
        "préférez match_on: internal_number ; pour être montré, modifié ou trouvé par login, chacun est lu seul",
    "avoid entities of administrators in documents: nothing shows what they are":
        "évitez les entités des administrateurs dans les documents : rien ne montre lesquelles c'est",
    "give cti_password with each entry that has a cti_login":
        "donnez cti_password avec chaque entrée qui a un cti_login",
    "give each XiVO its host in the inventory": "donnez à chaque XiVO son hôte dans l'inventaire",
    "read it again later with xci_user_info": "relisez-le plus tard avec xci_user_info",
    "look for it on the XiVO": "cherchez-le sur le XiVO",
    "provision a telephone again after its user was moved":
        "provisionnez de nouveau un téléphone après la mutation de son utilisateur",
    "report this: leading zeros of telephone numbers are lost":
        "signalez-le : les zéros en tête des numéros sont perdus",
    "use a super-administrator for documents with XiVOs or templates":
        "utilisez un super-administrateur pour les documents avec des XiVO ou des modèles",
    "use a super-administrator: an empty list does not say that":
        "utilisez un super-administrateur : une liste vide ne le dit pas",
    "refer to namesakes by uuid, combinedId or id": "désignez les homonymes par uuid, combinedId ou id",
    "avoid two runs at once that create users":
        "évitez deux exécutions simultanées qui créent des utilisateurs",
    "set numbers: inside, so that plans say it first": "réglez numbers: inside, pour que les plans le disent d'abord",
    "give match_on: cti_login a search": "donnez un search à match_on: cti_login",
    "avoid match_on: cti_login": "évitez match_on: cti_login",
    "report this: nothing can be written": "signalez-le : rien ne peut être écrit",
    "set losses: refuse, and give each entry its template":
        "réglez losses: refuse, et donnez à chaque entrée son modèle",
    "avoid force and purge of entities": "évitez force et la purge des entités",
    "avoid removing and purging templates": "évitez de supprimer et de purger des modèles",
    "apply templates again after an entity was renamed or moved":
        "appliquez de nouveau les modèles quand une entité a été renommée ou déplacée",
    "set parallelism: 1": "réglez parallelism: 1",
    "set parallelism: 2 for large documents": "réglez parallelism: 2 pour les grands documents",
    "set parallelism: 2 and retries: 10 for large documents":
        "réglez parallelism: 2 et retries: 10 pour les grands documents",
    "use a super-administrator for scratch objects": "utilisez un super-administrateur pour les objets d'essai",
    "report this: nobody has to log in": "signalez-le : personne n'a besoin de se connecter",
    "report this": "signalez-le",
    "report these keys": "signalez ces clés",
    "report the unknown keys": "signalez les clés inconnues",
    "set timeout to {value} seconds": "réglez timeout à {value} secondes",
    "scratch objects can't be found again in a part of a list: none were made":
        "des objets d'essai ne pourraient être retrouvés dans une partie de liste : aucun n'a été créé",
    "set parallelism: 1, and report this": "réglez parallelism: 1, et signalez-le",
}  # fmt: skip
"""Each advice by its English; ``{value}`` stands for any text."""


def in_french(advice: str) -> str:
    """Return an advice in French, or as it is where that is not known."""
    if advice in FRENCH:
        return FRENCH[advice]
    for english, french in FRENCH.items():
        before, _blank, after = english.partition("{value}")
        found = re.fullmatch(f"{re.escape(before)}(.+){re.escape(after)}", advice) if after else None
        if found:
            return french.format(value=found[1])
    return advice
