"""Every component of the elder pages on made-up pages, so that the rules test them by themselves."""
