// SPDX-License-Identifier: BSL-1.0
#pragma once

// A certificate authority for tests, and the certificates that it gives to servers.

#include <doctest/doctest.h>

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <memory>
#include <string>

namespace certificates {

struct deleter {
    void operator()(EVP_PKEY* p) const { EVP_PKEY_free(p); }
    void operator()(X509* p) const { X509_free(p); }
    void operator()(std::FILE* p) const { std::fclose(p); }
};
using key = std::unique_ptr<EVP_PKEY, deleter>;
using certificate = std::unique_ptr<X509, deleter>;

/// Its certificate is in the file `ca.pem` of the folder.
class authority {
public:
    authority(std::string folder, const std::string& name) : folder_(std::move(folder)) {
        key_.reset(EVP_EC_gen("P-256"));
        own_ = make(*key_, name, "basicConstraints", "critical,CA:TRUE", 0);
        write(own_.get(), "ca.pem");
    }
    [[nodiscard]] std::string ca_file() const { return folder_ + "/ca.pem"; }

    /// Writes NAME.pem and NAME.key for a server with these names ("DNS:localhost,IP:127.0.0.1"),
    /// valid until some days from now.
    void certify(const std::string& name, const std::string& names, long days = 1) {
        const key theirs(EVP_EC_gen("P-256"));
        const auto made = make(*theirs, name, "subjectAltName", names, days - 1);
        write(made.get(), name + ".pem");
        const std::unique_ptr<std::FILE, deleter> file(
            std::fopen((folder_ + "/" + name + ".key").c_str(), "w"));
        REQUIRE(
            PEM_write_PrivateKey(file.get(), theirs.get(), nullptr, nullptr, 0, nullptr, nullptr)
            == 1);
    }

private:
    certificate make(EVP_PKEY& of, const std::string& name, const char* extension,
                     const std::string& value, long more_days) {
        certificate made(X509_new());
        X509_set_version(made.get(), X509_VERSION_3);
        ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial_);
        X509_gmtime_adj(X509_getm_notBefore(made.get()), -2 * 86'400);
        X509_gmtime_adj(X509_getm_notAfter(made.get()), 86'400 * (1 + more_days) - 60);
        X509_set_pubkey(made.get(), &of);
        const auto* const text = reinterpret_cast<const unsigned char*>(name.c_str());
        X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8, text, -1,
                                   -1, 0);
        const X509* const issuer = own_ ? own_.get() : made.get();
        X509_set_issuer_name(made.get(), X509_get_subject_name(issuer));
        X509_EXTENSION* const more = X509V3_EXT_conf(nullptr, nullptr, extension, value.c_str());
        REQUIRE(more != nullptr);
        X509_add_ext(made.get(), more, -1);
        X509_EXTENSION_free(more);
        REQUIRE(X509_sign(made.get(), key_.get(), EVP_sha256()) > 0);
        return made;
    }
    void write(X509* what, const std::string& name) const {
        const std::unique_ptr<std::FILE, deleter> file(
            std::fopen((folder_ + "/" + name).c_str(), "w"));
        REQUIRE(file != nullptr);
        REQUIRE(PEM_write_X509(file.get(), what) == 1);
    }

    std::string folder_;
    key key_;
    certificate own_;
    long serial_ = 0;
};

} // namespace certificates
