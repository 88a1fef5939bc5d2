"""What stands under ``ops`` and in ``docker-compose.yml`` agrees with what the hub is."""
