"""The Facebook page of the invented shop whose blog is in `samples`, for the demo and the tests."""

from datetime import datetime, timedelta

from connectors.simulators.graph_pages import Page

PAGE_ID = "100200300400500"
SUPPLIER_ID = "555666777888999"


def sample_page(now: datetime, *, article: str, title: str) -> Page:
    """Four posts: news with a photo, one that repeats the blog's `article`, a cover photo, and a supplier's post."""
    page = Page(id=PAGE_ID, name="Kaufhaus Lindner", username="kaufhauslindner")
    page.share_post(
        "Glückwunsch an unsere Imkerei des Vertrauens! 🐝",
        of=f"{SUPPLIER_ID}_122099999999999999",
        at=now - timedelta(days=4),
    )
    page.change_cover(at=now - timedelta(days=2))
    page.share_link(
        "Haben Sie es schon gelesen? Alles Wichtige steht in unserem Blog. 👇",
        f"{article}?utm_source=facebook&utm_medium=social",
        at=now - timedelta(minutes=40),
        title=title,
        description="Neues aus Haus & Garten",
    )
    page.show_photo(
        "Frisch aufgebaut: Unsere Herbstdeko steht im Erdgeschoss. 🍂\n\n"
        "Wer am Wochenende vorbeikommt, darf sich an der Infotheke ein Stück Apfelkuchen abholen – solange er reicht.",
        at=now - timedelta(minutes=20),
        picture="herbstdeko",
    )
    return page
