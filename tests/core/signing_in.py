"""Signing in as a browser does it."""

PHONE, NAME, PASSWORD = "16112345678", "00000017", "银辉-测试-2026"
SIGN_IN, PASSWORD_PAGE = "/signin/", "/password/"


def sign_in(client, name=NAME, password=PASSWORD, *, address="192.0.2.1", **fields):
    """Send the form of the sign-in page from ADDRESS."""
    data = {"username": name, "password": password, **fields}
    return client.post(SIGN_IN, data, REMOTE_ADDR=address)


def is_signed_in(client):
    """Tell whether a page for known people opens."""
    return client.get(PASSWORD_PAGE).status_code == 200
