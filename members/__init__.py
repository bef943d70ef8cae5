"""The person: register, affiliations, roster import."""
