"""What sensors observed of craft, as claims beside what is reported of them."""
