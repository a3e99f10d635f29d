//! One method a route.
