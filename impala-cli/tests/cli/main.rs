//! Commands against a real server.
