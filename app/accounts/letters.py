"""The texts of mails, in English and Spanish. Links carry their token in the fragment, which no server
is sent."""

from enum import StrEnum

from app.core.mail import Mail


class Language(StrEnum):
    EN = "en"
    ES = "es"


class Letter(StrEnum):
    VERIFY = "verify"
    KNOWN = "known"
    RESET = "reset"
    CHANGE = "change"
    EMAIL_CHANGED = "email_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - the name of a letter
    DELETED = "deleted"


_FRAGMENTS = {
    Letter.VERIFY: "verify",
    Letter.CHANGE: "verify",
    Letter.KNOWN: "reset",
    Letter.RESET: "reset",
}
_TEXTS: dict[Language, dict[Letter, tuple[str, str]]] = {
    Language.EN: {
        Letter.VERIFY: (
            "Confirm your address",
            "Someone, hopefully you, signed up for VRIC Monitor with this address.\n\n"
            "To confirm it, open this link within 24 hours:\n\n{link}\n\n"
            "If it was not you, do nothing: without the link there is no account.\n",
        ),
        Letter.KNOWN: (
            "You have an account already",
            "Someone, hopefully you, tried to sign up for VRIC Monitor with this address, which has "
            "an account already.\n\nIf you forgot the password, set a new one within an hour:\n\n"
            "{link}\n\nOtherwise do nothing: nothing was changed.\n",
        ),
        Letter.RESET: (
            "Set a new password",
            "Someone, hopefully you, asked for a new password for your account at VRIC Monitor.\n\n"
            "To set it, open this link within an hour:\n\n{link}\n\n"
            "If it was not you, do nothing: the old password stays.\n",
        ),
        Letter.CHANGE: (
            "Confirm your new address",
            "You asked to use this address for your account at VRIC Monitor.\n\n"
            "To confirm it, open this link within 24 hours:\n\n{link}\n\n"
            "If it was not you, do nothing.\n",
        ),
        Letter.EMAIL_CHANGED: (
            "The address of your account was changed",
            "Your account at VRIC Monitor has another address now; this one is no longer used.\n\n"
            "If it was not you, write to us at once by answering this mail.\n",
        ),
        Letter.PASSWORD_CHANGED: (
            "Your password was changed",
            "The password of your account at VRIC Monitor was changed, and all sessions were "
            "ended.\n\nIf it was not you, set a new one at {home}.\n",
        ),
        Letter.DELETED: (
            "Your account was deleted",
            "Your account at VRIC Monitor was deleted with all that was stored of it. A subscription, "
            "if there was one, has ended.\n\nIf it was not you, write to us at once by answering "
            "this mail.\n",
        ),
    },
    Language.ES: {
        Letter.VERIFY: (
            "Confirme su dirección",
            "Alguien, esperamos que usted, se registró en VRIC Monitor con esta dirección.\n\n"
            "Para confirmarla, abra este enlace en las próximas 24 horas:\n\n{link}\n\n"
            "Si no fue usted, no haga nada: sin el enlace no hay cuenta.\n",
        ),
        Letter.KNOWN: (
            "Ya tiene una cuenta",
            "Alguien, esperamos que usted, intentó registrarse en VRIC Monitor con esta dirección, "
            "que ya tiene una cuenta.\n\nSi olvidó la contraseña, elija una nueva en la próxima "
            "hora:\n\n{link}\n\nSi no, no haga nada: nada ha cambiado.\n",
        ),
        Letter.RESET: (
            "Elija una contraseña nueva",
            "Alguien, esperamos que usted, pidió una contraseña nueva para su cuenta en VRIC "
            "Monitor.\n\nPara elegirla, abra este enlace en la próxima hora:\n\n{link}\n\n"
            "Si no fue usted, no haga nada: la contraseña anterior sigue valiendo.\n",
        ),
        Letter.CHANGE: (
            "Confirme su dirección nueva",
            "Usted pidió usar esta dirección para su cuenta en VRIC Monitor.\n\n"
            "Para confirmarla, abra este enlace en las próximas 24 horas:\n\n{link}\n\n"
            "Si no fue usted, no haga nada.\n",
        ),
        Letter.EMAIL_CHANGED: (
            "La dirección de su cuenta ha cambiado",
            "Su cuenta en VRIC Monitor tiene ahora otra dirección; esta ya no se usa.\n\n"
            "Si no fue usted, escríbanos enseguida respondiendo a este correo.\n",
        ),
        Letter.PASSWORD_CHANGED: (
            "Su contraseña ha cambiado",
            "La contraseña de su cuenta en VRIC Monitor ha cambiado y se cerraron todas las "
            "sesiones.\n\nSi no fue usted, elija una nueva en {home}.\n",
        ),
        Letter.DELETED: (
            "Su cuenta fue eliminada",
            "Su cuenta en VRIC Monitor fue eliminada con todo lo que se guardaba de ella. La "
            "suscripción, si la había, ha terminado.\n\nSi no fue usted, escríbanos enseguida "
            "respondiendo a este correo.\n",
        ),
    },
}


def write_letter(
    letter: Letter, language: Language, to: str, public_url: str, token: str = ""
) -> Mail:
    """A mail in the reader's language, with its link where it has one."""
    subject, text = _TEXTS[language][letter]
    home = f"{public_url}/account"
    link = f"{home}#{_FRAGMENTS.get(letter, '')}={token}"
    return Mail(to, f"VRIC Monitor: {subject}", text.format(link=link, home=home))
