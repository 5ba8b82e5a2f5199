"""A made-up organisation's costs, and the whole pipeline run on them."""
