"""Images: perceptual hashes, how near two are, and the content credentials they carry."""
