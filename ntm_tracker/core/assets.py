"""Static files as they are sent: one style sheet instead of one for each subject."""

import re
from collections.abc import Iterator

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from whitenoise.storage import CompressedManifestStaticFilesStorage

# The sheet that the pages link. Its imports are what the browser of `make dev` reads one by one.
BUNDLE = "css/app.css"
IMPORT = re.compile(r'@import "([\w-]+\.css)"(?: (\w+))?;')
COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
AROUND = re.compile(r" ?([{};,]) ?")


class BundledStaticFilesStorage(CompressedManifestStaticFilesStorage):
    """`collectstatic` puts what `app.css` imports in its place and drops comments and indents; then
    names get their hashes and files are compressed as before."""

    def post_process(self, paths: dict, dry_run: bool = False, **options) -> Iterator:
        if BUNDLE in paths and not dry_run:
            text = bundle(paths)
            self.delete(BUNDLE)
            self.save(BUNDLE, ContentFile(text.encode()))
            paths = {**paths, BUNDLE: (self, BUNDLE)}
        yield from super().post_process(paths, dry_run, **options)


def bundle(paths: dict[str, tuple[Storage, str]]) -> str:
    """The sheet with its imports in it; one for a medium (`print`) stands in a block for it."""

    def sheet(found: re.Match) -> str:
        content, medium = read(f"css/{found[1]}"), found[2]
        return f"@media {medium} {{{content}}}" if medium else content

    def read(name: str) -> str:
        storage, path = paths[name]
        with storage.open(path) as file:
            return file.read().decode()

    plain = " ".join(COMMENT.sub("", IMPORT.sub(sheet, read(BUNDLE))).split())
    return AROUND.sub(r"\1", plain)
