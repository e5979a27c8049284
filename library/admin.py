from library import admin_images, admin_media  # noqa: F401  (they register themselves)
