"""What leaves a finding: signed packages that anyone can check, interchange formats, pictures."""
