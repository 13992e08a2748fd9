"""Premium: how people and goods come from overseas, by air and by sea. URL prefix /v1/routes."""
