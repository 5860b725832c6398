"""The library of pictures for messages: taken in by anybody who writes, served to anybody."""

from kikubari.decide.images.contracts import ImageFile as ImageFile
from kikubari.decide.images.contracts import ImageInUseError as ImageInUseError
from kikubari.decide.images.contracts import ImageKindRefusedError as ImageKindRefusedError
from kikubari.decide.images.contracts import ImagePage as ImagePage
from kikubari.decide.images.contracts import ImageQuotaError as ImageQuotaError
from kikubari.decide.images.contracts import ImageText as ImageText
from kikubari.decide.images.contracts import ImageTooLargeError as ImageTooLargeError
from kikubari.decide.images.contracts import ImageUnreadableError as ImageUnreadableError
from kikubari.decide.images.contracts import ImageUpload as ImageUpload
from kikubari.decide.images.contracts import ImageUse as ImageUse
from kikubari.decide.images.contracts import ImageUses as ImageUses
from kikubari.decide.images.contracts import LibraryImage as LibraryImage
from kikubari.decide.images.contracts import UsedIn as UsedIn
from kikubari.decide.images.library import ImageLibrary as ImageLibrary
from kikubari.decide.images.reading import MAX_UPLOAD_BYTES as MAX_UPLOAD_BYTES
