// SPDX-License-Identifier: BSL-1.0
#pragma once

// Who is the client behind mutual TLS? The certificate that API Gateway has checked.

#include <headrace/json/codec.hpp>

#include <string_view>

namespace headrace::http {

/// The client's certificate on a domain with mutual TLS. Times are OpenSSL's text
/// ("Nov 24 22:30:47 2026 GMT").
/// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/rest-api-mutual-tls.html
struct client_certificate {
    struct period {
        std::string_view not_before;
        std::string_view not_after;
        static void wire(auto& self, auto&& field) {
            field("notBefore", self.not_before);
            field("notAfter", self.not_after);
        }
    };
    std::string_view pem;
    std::string_view subject_dn;
    std::string_view issuer_dn;
    std::string_view serial_number;
    period validity;
    static void wire(auto& self, auto&& field) {
        field("clientCertPem", self.pem);
        field("subjectDN", self.subject_dn);
        field("issuerDN", self.issuer_dn);
        field("serialNumber", self.serial_number);
        field("validity", self.validity);
    }
};

} // namespace headrace::http
