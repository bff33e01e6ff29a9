"""Operations that change something on the service and store the answer in the cache."""
