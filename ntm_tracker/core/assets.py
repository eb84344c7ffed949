"""Static files as they are sent: one style sheet instead of one for each subject, no comments."""

import re
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The sheet that the pages link. Its imports are what the browser of `make dev` reads one by one.
BUNDLE = "css/app.css"
OURS = re.compile(rf"{BUNDLE}$|js/[\w-]+\.js$")
IMPORT = re.compile(r'@import "([\w-]+\.css)"(?: (\w+))?;')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AROUND = re.compile(r" ?([{};,]) ?")


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """`collectstatic` puts what `app.css` imports in its place and drops comments and indents, in
    our scripts too; then names get their hashes and files are compressed as before."""

    def post_process(self, paths: dict, dry_run: bool = False, **options) -> Iterator:
        ours = {} if dry_run else {name: plain(paths, name) for name in paths if OURS.match(name)}
        for name, text in ours.items():
            self.delete(name)
            self.save(name, ContentFile(text.encode()))
        paths = {**paths, **{name: (self, name) for name in ours}}
        yield from super().post_process(paths, dry_run, **options)


def plain(paths: dict[str, tuple[Storage, str]], name: str) -> str:
    """What is sent of a style sheet or script of ours."""
    if name == BUNDLE:
        return bundle(paths)
    # No text of a script goes over several lines, so no line of it only looks like a comment.
    storage, path = paths[name]
    with storage.open(path) as file:
        lines = (line.strip() for line in file.read().decode().splitlines())
    return "".join(f"{line}\n" for line in lines if line and not line.startswith("//"))


def bundle(paths: dict[str, tuple[Storage, str]]) -> str:
    """The sheet with its imports in it; one for a medium (`print`) stands in a block for it."""

    def sheet(found: re.Match) -> str:
        content, medium = read(f"css/{found[1]}"), found[2]
        return f"@media {medium} {{{content}}}" if medium else content

    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return file.read().decode()

    flat = " ".join(COMMENT.sub("", IMPORT.sub(sheet, read(BUNDLE))).split())
    return AROUND.sub(r"\1", flat)
