//! One address with its methods; any other method is answered with those it takes.

use crate::error::ApiError;
use actix_web::dev::{AppService, HttpServiceFactory};
use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, guard, web};

/// An address being put together.
pub(crate) struct Address {
    resource: Resource,
    allow: Vec<&'static str>,
}

/// The address of this pattern.
pub(crate) fn at(pattern: &str) -> Address {
    Address { resource: web::resource(pattern), allow: Vec::new() }
}

macro_rules! method {
    ($name:ident, $method:ident) => {
        pub(crate) fn $name<F, Args>(mut self, handler: F) -> Self
        where
            F: Handler<Args>,
            Args: FromRequest + 'static,
            F::Output: Responder + 'static,
        {
            self.allow.push(stringify!($method));
            self.resource = self.resource.route(web::method(Method::$method).to(handler));
            self
        }
    };
}

impl Address {
    /// Answers GET, and HEAD with the same headers and no body.
    pub(crate) fn get<F, Args>(mut self, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        self.allow.extend(["GET", "HEAD"]);
        let reads = guard::Any(guard::Get()).or(guard::Head());
        self.resource = self.resource.route(web::route().guard(reads).to(handler));
        self
    }

    method!(post, POST);
    method!(put, PUT);
    method!(patch, PATCH);
    method!(delete, DELETE);
}

impl HttpServiceFactory for Address {
    fn register(self, config: &mut AppService) {
        let allow = self.allow.join(", ");
        let refuse = move || {
            let error = ApiError::method_not_allowed(allow.clone());
            async move { Err::<String, _>(error) }
        };
        self.resource.default_service(web::to(refuse)).register(config);
    }
}
