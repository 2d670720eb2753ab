"""What keeps other sites, other people and other machines out: cookie, origin, headers, the address behind a proxy."""
