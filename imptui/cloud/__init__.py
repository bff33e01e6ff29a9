"""A model of impCloud behind the v5 API: state in `world`, what holds in `rules`, the API in `wire` and `app`."""
