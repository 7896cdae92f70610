# make            build/ngx_http_gig_module.so and build/gig-sync
# make test       tools/test          make demo, make bench   the other commands
# make unit       the C unit tests    make lint               clang-tidy, cppcheck
# make install    what was built; DESTDIR, PREFIX, MODULES_DIR say where to
#
# NGX_SRC=DIR     another nginx source tree (default: Debian's nginx-dev)
# SANITIZE=1      ASan and UBSan, in build-asan/
# CC=clang        works as well
# CONNECTORS=sqlite  what gig-sync takes from and delivers to; this is neither PostgreSQL nor
#                 HTTP upstreams, and needs neither libpq nor libcurl (default: sqlite postgres
#                 https; https needs sqlite)

ifneq ($(words $(CURDIR)),1)
$(error nginx cannot be built in a folder with a blank in its name: move "$(CURDIR)")
endif

NGX_SRC     ?= /usr/share/nginx/src
PREFIX      ?= /usr/local
MODULES_DIR ?= /usr/lib/nginx/modules
CONNECTORS  ?= sqlite postgres https

ifdef SANITIZE
BUILD       ?= build-asan
SANITIZERS  := -fsanitize=address,undefined -fno-omit-frame-pointer -fno-sanitize-recover=undefined
else
BUILD       ?= build
endif

SRC         := ngx_gig_module
HARDENING   := -fstack-protector-strong $(if $(SANITIZE),,-D_FORTIFY_SOURCE=2)
STRICT      := -std=c11 -D_GNU_SOURCE -Wall -Wextra -Wshadow -Wconversion -Wmissing-prototypes \
               -Wstrict-prototypes -Wpointer-arith -Werror
CFLAGS      ?= -O2 -g
ALL_CFLAGS  := $(STRICT) $(HARDENING) -fPIE $(SANITIZERS) -I$(SRC)/core $(CFLAGS)
LINK        := $(SANITIZERS) -pie -Wl,-z,relro,-z,now

CORE_LIBS   := -ljansson -lsodium -lnettle -lutf8proc -lstemmer -lz -lm -Wl,--as-needed -lbrotlienc -Wl,--no-as-needed

# What gig-sync needs of each system of record; the module needs none of it.
WITH        := $(addprefix -DGIG_SYNC_WITH_,$(shell echo '$(CONNECTORS)' | tr a-z A-Z))
LIBS_sqlite   := -lsqlite3
LIBS_postgres := -lpq
LIBS_https    := -lcurl
LIBPQ         := $(shell pg_config --includedir 2>/dev/null || echo /usr/include/postgresql)
FLAGS_postgres := -isystem $(LIBPQ)
CONNECT     := $(WITH) $(foreach c,$(CONNECTORS),$(FLAGS_$(c)))
SYNC_LIBS   := -lhiredis $(foreach c,$(CONNECTORS),$(LIBS_$(c))) -linih $(CORE_LIBS) -lpthread

CORE_SRC    := $(wildcard $(SRC)/core/*.c)
SYNC_SRC    := $(wildcard $(SRC)/sync/*.c) $(SRC)/sync/connect/gig_sync_rows.c \
               $(SRC)/sync/connect/gig_sync_sink.c \
               $(foreach c,$(CONNECTORS),$(wildcard $(SRC)/sync/connect/gig_sync_$(c)*.c))
HTTP_SRC    := $(wildcard $(SRC)/http/*.c)
UNIT_SRC    := $(wildcard t/unit/test_*.c)
EMBEDDED    := $(BUILD)/gig_embedded.c
EMBED_FROM  := tools/embed $(wildcard $(SRC)/core/lua/*.lua) $(SRC)/core/form_default.json \
               $(SRC)/core/place_names.txt $(wildcard $(SRC)/core/text/*) \
               $(wildcard $(SRC)/web/* $(SRC)/web/openapi/*)

CORE_OBJ    := $(CORE_SRC:%.c=$(BUILD)/%.o) $(EMBEDDED:.c=.o)
SYNC_OBJ    := $(SYNC_SRC:%.c=$(BUILD)/%.o)
UNIT_BIN    := $(UNIT_SRC:t/unit/%.c=$(BUILD)/unit/%)

MODULE      := $(BUILD)/ngx_http_gig_module.so

ifneq ($(filter https,$(CONNECTORS)),)
ifeq ($(filter sqlite,$(CONNECTORS)),)
$(error CONNECTORS: https keeps what it delivered in SQLite, so it needs sqlite as well)
endif
endif

.PHONY: all module sync server unit unit-build test demo bench bench-build fuzz-compile lint install uninstall clean libpq libcurl FORCE
.DELETE_ON_ERROR:
.SECONDARY:

all: $(MODULE) $(BUILD)/gig-sync $(if $(SANITIZE),,compile_commands.json)
module: $(MODULE)
sync: $(BUILD)/gig-sync


# core/, sync/ and the unit tests; -MMD keeps track of the headers

$(BUILD)/libgigcore.a: $(CORE_OBJ)
	rm -f $@ && ar rcs $@ $^

$(BUILD)/gig-sync: $(SYNC_OBJ) $(BUILD)/libgigcore.a
	$(CC) $(LINK) -o $@ $^ $(SYNC_LIBS)

# Tests of sync/ take the objects they test with them.
UNIT_SYNC   := $(filter %/gig_sync_settings.o %/gig_sync_ini.o %/gig_sync_file.o %/gig_sync_log.o \
                        %/gig_sync_connector.o %/gig_sync_job.o $(BUILD)/$(SRC)/sync/connect/%,$(SYNC_OBJ))

$(BUILD)/unit/test_settings $(BUILD)/unit/test_sqlite: $(BUILD)/unit/%: $(BUILD)/t/unit/%.o \
        $(UNIT_SYNC) $(BUILD)/libgigcore.a
	@mkdir -p $(@D)
	$(CC) $(LINK) -o $@ $^ -lcmocka $(SYNC_LIBS)

# Tests of the search share a reference that searches in the plain way.
UNIT_SEARCH := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/unit/search_*.c))

$(BUILD)/unit/test_search $(BUILD)/unit/test_search_cursor: $(BUILD)/unit/%: $(BUILD)/t/unit/%.o \
        $(UNIT_SEARCH) $(BUILD)/libgigcore.a
	@mkdir -p $(@D)
	$(CC) $(LINK) -o $@ $^ -lcmocka $(CORE_LIBS)

# The histories of the ledger have a world around it.
UNIT_HISTORY := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/unit/ledger_history_*.c))

$(BUILD)/unit/test_ledger_history: $(BUILD)/unit/%: $(BUILD)/t/unit/%.o $(UNIT_HISTORY) \
        $(BUILD)/libgigcore.a
	@mkdir -p $(@D)
	$(CC) $(LINK) -o $@ $^ -lcmocka $(CORE_LIBS)

$(BUILD)/unit/%: $(BUILD)/t/unit/%.o $(BUILD)/libgigcore.a
	@mkdir -p $(@D)
	$(CC) $(LINK) -o $@ $^ -lcmocka $(CORE_LIBS) -lhiredis

# This one reads what the core only writes.
$(BUILD)/unit/test_compress: private CORE_LIBS += -lbrotlidec

# These make each allocation of core/ fail in turn.
$(BUILD)/unit/test_compile_faults $(BUILD)/unit/test_segment_faults: private LINK += \
        -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc,--wrap=mmap,--wrap=mremap

$(BUILD)/%.o: %.c $(BUILD)/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CFLAGS) $(if $(filter $(SRC)/sync/% t/%,$<),-I$(SRC)/sync $(CONNECT)) -MMD -MP -c -o $@ $<

$(BUILD)/$(SRC)/sync/connect/gig_sync_postgres%.o: | libpq
libpq:
	@[ -f $(LIBPQ)/libpq-fe.h ] || { echo "make: libpq is not there: install libpq-dev" \
		"(tools/packages build), or do without PostgreSQL: make CONNECTORS=sqlite" >&2; exit 1; }

$(BUILD)/$(SRC)/sync/connect/gig_sync_https%.o: | libcurl
libcurl:
	@echo '#include <curl/curl.h>' | $(CC) -E - >/dev/null 2>&1 || { echo "make: libcurl is not there: install" \
		"libcurl4-openssl-dev (tools/packages build), or do without HTTP upstreams:" \
		"make CONNECTORS='sqlite postgres'" >&2; exit 1; }

$(EMBEDDED:.c=.o): $(EMBEDDED) $(BUILD)/flags
	$(CC) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$(EMBEDDED): $(EMBED_FROM)
	@mkdir -p $(@D)
	tools/embed $(SRC) > $@

# Rebuilds all when compiler or flags change.
FLAGS        = $(CC) $(ALL_CFLAGS) $(LINK) $(NGX_SRC) $(CONNECTORS)
$(BUILD)/flags: FORCE
	@mkdir -p $(@D)
	@echo '$(FLAGS)' | cmp -s - $@ || echo '$(FLAGS)' > $@

-include $(CORE_OBJ:.o=.d) $(SYNC_OBJ:.o=.d) $(UNIT_SRC:%.c=$(BUILD)/%.d) $(UNIT_SEARCH:.o=.d) \
         $(UNIT_HISTORY:.o=.d)


# The module, by nginx's own build in a folder of ours.  nginx's Makefile knows
# the headers; configure runs again when the list of files or `config` changes.

NGX_BUILD   := $(abspath $(BUILD))/nginx
NGX_CC_OPT  := -O2 -g $(HARDENING) -D_GNU_SOURCE $(SANITIZERS)

$(BUILD)/files: FORCE
	@mkdir -p $(@D)
	@echo '$(CORE_SRC) $(HTTP_SRC) $(wildcard $(SRC)/core/*.h $(SRC)/http/*.h)' | cmp -s - $@ \
		|| echo '$(CORE_SRC) $(HTTP_SRC) $(wildcard $(SRC)/core/*.h $(SRC)/http/*.h)' > $@

# Debian's nginx-dev and nginx's archives have `configure` on top, a clone has it in auto/.
$(NGX_BUILD)/Makefile: config tools/embed $(BUILD)/files $(BUILD)/flags
	@mkdir -p $(NGX_BUILD)
	@[ -f $(NGX_SRC)/src/core/nginx.h ] || { echo "make: $(NGX_SRC) is no source tree of nginx:" \
		"install nginx-dev (tools/packages build), or say where one is: NGX_SRC=DIR make" >&2; exit 1; }
	cd $(NGX_SRC) && { [ ! -f conf_flags ] || . ./conf_flags; } \
		&& configure=./configure && { [ -f $$configure ] || configure=auto/configure; } \
		&& $$configure "$${NGX_CONF_FLAGS[@]}" --with-compat --with-threads \
		--with-cc=$(CC) --with-cc-opt='$(NGX_CC_OPT)' --with-ld-opt='-Wl,-z,relro,-z,now $(SANITIZERS)' \
		--add-dynamic-module=$(CURDIR) --builddir=$(NGX_BUILD) > $(NGX_BUILD)/configure.log \
		|| { tail -20 $(NGX_BUILD)/configure.log >&2; exit 1; }
	@touch $@

$(MODULE): SHELL := /bin/bash
$(NGX_BUILD)/Makefile: SHELL := /bin/bash

# Moved into place: a running nginx that has the file mapped would crash if it were
# written over.
$(MODULE): $(NGX_BUILD)/Makefile $(CORE_SRC) $(HTTP_SRC) $(wildcard $(SRC)/core/*.h $(SRC)/http/*.h) \
           $(SRC)/http/exports.map $(EMBED_FROM)
	tools/embed $(SRC) > $(NGX_BUILD)/gig_embedded.c
	rm -f $(NGX_BUILD)/ngx_http_gig_module.so
	$(MAKE) -C $(NGX_SRC) -f $(NGX_BUILD)/Makefile modules > $(NGX_BUILD)/make.log 2>&1 \
		|| { grep -E -A6 'error|warning' $(NGX_BUILD)/make.log >&2; tail -5 $(NGX_BUILD)/make.log >&2; exit 1; }
	cp $(NGX_BUILD)/ngx_http_gig_module.so $@.new && mv $@.new $@


# nginx itself with the flags of this build (SANITIZE=1), for tests. NGX_SRC must be a whole source
# tree; Debian's nginx-dev has headers only.
COMMA  := ,
SERVER := $(abspath $(BUILD))/server

# nginx does by itself, all over, what UBSan would stop at: memcpy of 0 bytes from NULL, words read
# where no word begins.  With NGX_DEBUG_PALLOC each piece of a pool is an allocation that ASan guards.
SERVER_OWN := $(if $(SANITIZE),-fno-sanitize=nonnull-attribute$(COMMA)alignment -DNGX_DEBUG_PALLOC=1)

server: $(SERVER)/nginx

$(SERVER)/nginx: $(BUILD)/flags
	@[ -f $(NGX_SRC)/src/core/nginx.c ] || { echo "make: $(NGX_SRC) has no nginx.c: say where a whole" \
		"source tree of nginx is: NGX_SRC=DIR make server" >&2; exit 1; }
	@mkdir -p $(SERVER)
	cd $(NGX_SRC) && configure=./configure && { [ -f $$configure ] || configure=auto/configure; } \
		&& $$configure --with-compat --with-threads --with-debug --with-http_ssl_module \
		--with-http_realip_module --with-http_auth_request_module --with-http_v2_module \
		--with-http_sub_module --with-http_addition_module --with-http_gunzip_module \
		--with-http_stub_status_module --with-cc=$(CC) --with-cc-opt='$(NGX_CC_OPT) $(SERVER_OWN)' \
		--with-ld-opt='$(SANITIZERS)' --builddir=$(SERVER) > $(SERVER)/configure.log
	$(MAKE) -C $(NGX_SRC) -f $(SERVER)/Makefile binary > $(SERVER)/make.log 2>&1 \
		|| { tail -5 $(SERVER)/make.log >&2; exit 1; }


unit-build: $(UNIT_BIN)

unit: $(UNIT_BIN)
	@for t in $(UNIT_BIN); do $$t || exit 1; done


# The benchmark's programs; `search` asks the query engine.
BENCH_SRC   := $(filter-out $(if $(wildcard $(SRC)/core/gig_search.c),,%/search.c),$(wildcard tools/bench.d/*.c))
BENCH_BIN   := $(BENCH_SRC:tools/bench.d/%.c=$(BUILD)/bench/%)

bench-build: $(BENCH_BIN)

$(BUILD)/bench/%: $(BUILD)/tools/bench.d/%.o $(BUILD)/libgigcore.a
	@mkdir -p $(@D)
	$(CC) $(LINK) -o $@ $^ -lsqlite3 $(CORE_LIBS)

-include $(BENCH_SRC:%.c=$(BUILD)/%.d)


# t/fuzz/run builds the fuzz targets; this says, with no fuzzer, whether they still compile.
FUZZ_OBJ    := $(patsubst %.c,$(BUILD)/%.o,$(wildcard t/fuzz/*.c))

fuzz-compile: $(FUZZ_OBJ)

-include $(FUZZ_OBJ:.o=.d)


test:
	tools/test

demo:
	tools/demo

bench:
	tools/bench

lint:
	tools/lint

# It names the headers that nginx's configure writes.
compile_commands.json: Makefile tools/compile-commands $(BUILD)/files | $(NGX_BUILD)/Makefile
	tools/compile-commands '$(CC) $(ALL_CFLAGS) $(CONNECT)' $(NGX_SRC) $(NGX_BUILD) > $@

# Builds only what is not there: under sudo NGX_SRC and CC are gone, and would give another module.
install:
	@[ -f $(MODULE) ] && [ -f $(BUILD)/gig-sync ] || $(MAKE) all
	install -D -m 755 $(BUILD)/gig-sync $(DESTDIR)$(PREFIX)/bin/gig-sync
	install -D -m 644 $(MODULE) $(DESTDIR)$(MODULES_DIR)/ngx_http_gig_module.so

uninstall:
	rm -f $(DESTDIR)$(PREFIX)/bin/gig-sync $(DESTDIR)$(MODULES_DIR)/ngx_http_gig_module.so

clean:
	rm -rf build build-asan build-clang compile_commands.json
