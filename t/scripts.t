#!/usr/bin/perl
# Why: the scripts are where an application is accepted or refused, a seat is counted, a
# catalog changes.  A Redis script is isolated but not transactional, so what it checks
# before its first write is all the safety there is.  Here each runs against a real
# redis-server: the order of its checks, random histories against a model, keys of a
# wrong type, a full memory, a flushed script cache, the rights of docs/examples/*.acl.
#
#   GIG_SEED=N   repeats the random parts of a run

use strict;
use warnings;

use Digest::SHA qw(sha1_hex);
use FindBin;
use lib "$FindBin::Bin/lib";
use Test::More;
use Time::HiRes qw(time);
use Time::Local qw(timegm);

use GigTest::Scripts;


# ---- What two scripts do alike: Redis has no way to say it once

{
    my %text = map { my $name = $_; open my $in, '<', "$FindBin::Bin/../ngx_gig_module/core/lua/$name.lua" or die "$name.lua: $!";
        local $/; $name => scalar <$in> } qw(judge withdraw);
    my %queued = map { $_ => $text{$_} =~ /^(local function is_queued\(.*?^end\n)/ms } keys %text;
    ok(length $queued{judge} > 100, 'judge.lua has is_queued') or diag(explain(\%queued));
    is($queued{withdraw}, $queued{judge}, 'withdraw.lua has the same');
}


# ---- Self-identifications

subtest 'selfid: ten or none' => sub {
    r('FLUSHALL');
    my @ids = map { sprintf 'id-%019d', $_ } 1 .. 12;
    my $send = sub { my ($day, $count, @records) = @_; evalsha('selfid', [], $P, $day, $count, join '', @records) };
    my @records = map {"${_}a box of \0 bytes\n"} @ids;

    like(error_of($send->('2026-11-27', 9, @records[0 .. 8])), qr/^ERR gig: selfid takes at least 10 at once/, 'nine are refused');
    like(error_of($send->($_, 10, @records[0 .. 9])), qr/^ERR gig: DAY of selfid/, "the day \"$_\"") for '', '2026-11-27T10:00:00Z', '1764230400';
    like(error_of($send->('2026-11-27', 10, @records[0 .. 8], 'x' x 50)), qr/^ERR gig: RECORDS of selfid are of one size/, 'one that is larger');
    like(error_of($send->('2026-11-27', 10, @ids[0 .. 9])), qr/^ERR gig: RECORDS of selfid/, 'ids without boxes');
    like(error_of($send->('2026-11-27', 10, map { ' ' . substr $_, 1 } @records[0 .. 9])), qr/^ERR gig: an id of selfid/, 'ids that are none');
    like(error_of(evalsha('selfid', ["${P}selfid"], $P, '2026-11-27', 10, join '', @records[0 .. 9])), qr/^ERR gig: selfid takes no key/, 'a key');
    is(r('EXISTS', "${P}selfid"), 0, 'of all these nothing was written');

    is($send->('2026-11-27', 12, @records), 12, 'twelve are taken');
    is_deeply([map { $_->[1] } @{ r('XRANGE', "${P}selfid", '-', '+') }],
        [map { ['id', $_, 'day', '2026-11-27', 'box', "a box of \0 bytes\n"] } @ids], 'as they came, and nothing else');

    r('SET', "${P}selfid", 'x');
    like(error_of($send->('2026-11-27', 12, @records)), qr/WRONGTYPE/, 'a key of another type');
    r('FLUSHALL');
};


# ---- Publish

subtest 'publish: one record' => sub {
    r('FLUSHALL');
    my $answer = publish($zeros, 'put', 'g1', gig('g1', opens_at => '2026-09-20T14:00:00Z',
        closes_at => '2026-09-30T23:59:59-05:00', form => { id => 'f', rev => 7 },
        capacity => { positions => 2, application_cap => 150, on_full => 'waitlist' }));
    is_deeply($answer, ['published', '1', sha1_hex('g:g1:rev-g1'), '1'], 'version 1, the digest, one record');
    is(r('HGET', "${P}judge", 'g1'),
        join(',', timegm(0, 0, 14, 20, 8, 2026), timegm(59, 59, 4, 1, 9, 2026), 150, 'waitlist', 7, 'published'),
        'the judge line is made from the record');
    is_deeply({ @{ r('HGETALL', "${P}catalog") } }, { version => 1, digest => $answer->[2], schema => '1 1' }, 'catalog');
    is_deeply([map { $_->[1] } @{ r('XRANGE', "${P}changes", '-', '+') }], [['v', 1, 'op', 'put', 'id', 'g1']], 'changes');

    is(verdict([0, publish($zeros, 'del', 'g1', '')->[0]]), 'stale', 'another digest than expected: stale');
    is(r('HLEN', "${P}gigs"), 1, 'and nothing is written');
    $answer = publish($answer->[2], 'put', 'g1', r('HGET', "${P}gigs", 'g1'));
    is($answer->[0], 'same', 'the same record again: same');
    is(r('HGET', "${P}catalog", 'version'), 1, 'the version is not raised');
    $answer = publish($answer->[2], 'del', 'g1', '', 'form', 'f', '{"id":"f","rev":7}');
    is_deeply($answer, ['published', '2', sha1_hex('f:f:7'), '2'], 'one version for a batch');
    is(r('HEXISTS', "${P}judge", 'g1'), 0, 'no judge line is left');

    r('FLUSHALL');
    is_deeply(publish(''), ['published', '1', $zeros, '0'], 'an empty catalog is published as version 1');
    is(publish('')->[0], 'same', 'and then it is so');

    publish('', 'put', 'g2', '{"id":"g2","status":"published"}');
    is($json->decode(r('HGET', "${P}gigs", 'g2'))->{rev}, 'sha1-' . sha1_hex('{"id":"g2","status":"published"}'),
        'a gig without rev is stored with one');
    is(r('HGET', "${P}catalog", 'digest'), digest_now($P), 'with which it counts');
    is(publish('', 'put', 'g2', '{"id":"g2","status":"published"}')->[0], 'same', 'and stays the same');
};

subtest 'publish: what is refused, whole' => sub {
    r('FLUSHALL');
    publish('', 'put', 'g0', gig('g0'));
    my $before = everything($P, 1);
    my @wrong = (
        ['no JSON',            'put', 'g1', '{'],
        ['an array',           'put', 'g1', '[1]'],
        ['another id',         'put', 'g1', gig('g2')],
        ['a bad id',           'put', '}x{', gig('}x{')],
        ['a long id',          'put', 'x' x 41, gig('x' x 41)],
        ['no status',          'put', 'g1', '{"id":"g1","rev":"r"}'],
        ['a status',           'put', 'g1', gig('g1', status => 'open')],
        ['a number as rev',    'put', 'g1', gig('g1', rev => 7)],
        ['an empty rev',       'put', 'g1', gig('g1', rev => '')],
        ['a cap of -1',        'put', 'g1', gig('g1', capacity => { application_cap => -1 })],
        ['a cap of 1.5',       'put', 'g1', gig('g1', capacity => { application_cap => 1.5 })],
        ['a word for on_full', 'put', 'g1', gig('g1', capacity => { on_full => 'stop' })],
        ['a form without rev', 'form', 'f1', '{"id":"f1"}'],
        ['an unknown op',      'load', 'g1', ''],
        ['257 KB',             'put', 'g1', gig('g1', summary => 'x' x (257 * 1024))],
        map { ["the time $_", 'put', 'g1', gig('g1', closes_at => $_)] }
            '2026-02-29T00:00:00Z', '2026-01-01T00:00:00', '2026-13-01T00:00:00Z', '2026-01-01T24:00:00Z',
            '2026-01-01T00:00:00.Z', '2026-01-01T00:00:00+24:00', '2026-01-01', 'tomorrow', '',
    );
    for (@wrong) {
        my ($name, @record) = @$_;
        like(error_of(publish('', 'put', 'g9', gig('g9'), @record)), qr/^ERR gig: /, $name);
    }
    like(error_of(publish('', 'put', 'g1', gig('g1'), 'del', 'g1', '')), qr/named twice/, 'a record named twice');
    like(error_of(publish('', 'put', 'g1')), qr/^ERR gig: /, 'a wrong number of arguments');
    like(error_of(publish('', ('del', 'g1', '') x 10001)), qr/at most 10000/, 'more than 10,000 records');
    is(everything($P, 1), $before, 'nothing was written by any of them');

    my %times = ('2024-02-29T00:00:00Z' => timegm(0, 0, 0, 29, 1, 2024), '1969-12-31T23:59:59Z' => -1,
        '2026-12-31T23:59:60Z' => timegm(0, 0, 0, 1, 0, 2027), '2026-03-01T00:30:00.999+05:30' => timegm(0, 0, 19, 28, 1, 2026),
        '2000-02-29t12:00:00z' => timegm(0, 0, 12, 29, 1, 2000), '2100-03-01T00:00:00-00:00' => timegm(0, 0, 0, 1, 2, 2100));
    for (sort keys %times) {
        publish('', 'put', 'g1', gig('g1', closes_at => $_));
        is((split /,/, r('HGET', "${P}judge", 'g1'))[1], $times{$_}, "the time $_");
    }
};

# Two boards go through one random history: one by publish.lua, one by the example by hand.
subtest 'publish: random histories, and the same by hand' => sub {
    r('FLUSHALL');
    my $hand = 'gig:{hand}:';
    my ($version, $bad) = (0, 0);
    for my $step (1 .. 300) {
        my $id = 'g' . int rand 12;
        my @rev = rand() < 0.3 ? () : (rev => 'r' . int rand 3);
        my $record = $json->encode({ id => $id, @rev,
            status => (qw(draft published paused withdrawn))[rand 4],
            title => 'T' . int(rand 2),
            opens_at => rand() < 0.5 ? undef : sprintf('2026-%02d-01T00:00:00.5+02:00', 1 + rand 12),
            (rand() < 0.7 ? (capacity => { application_cap => rand() < 0.5 ? undef : int rand 3,
                rand() < 0.5 ? (on_full => (qw(close waitlist draw))[rand 3]) : () }) : ()),
            (rand() < 0.5 ? (form => { id => 'f', rev => 1 + int rand 9 }) : ()) });
        if (rand() < 0.1) {
            my $line = join ',', map { int rand 3 } 1 .. 3;
            r('HSET', "$_", $id, "$line,open") for "${P}seats", "${hand}seats";
        }
        my @op = rand() < 0.7 ? ('put', $id, $record) : ('del', $id, '');
        my $one = publish('', @op);
        pop @op if $op[0] eq 'del';
        my $other = evalsha('by_hand', [$hand], @op);

        $version++ if $one->[0] eq 'published';
        my $same = $json->encode([$one]) eq $json->encode([$other]) && everything($P) eq everything($hand);
        next if $same && $one->[1] == $version && $one->[2] eq digest_now($P)
            && join(',', sort @{ r('HKEYS', "${P}gigs") }) eq join(',', sort @{ r('HKEYS', "${P}judge") });
        $bad++ or diag("step $step: @op\n" . $json->encode([$one, $other, $version, digest_now($P)]) . "\n"
            . everything($P) . "\n" . everything($hand));
    }
    is($bad, 0, 'version, digest and judge lines are right after each of 300 steps, and equal by hand');

    like(error_of(evalsha('by_hand', [$hand], 'put', 'g1', gig('g1', closes_at => 'soon'))), qr/^ERR gig: /, 'by hand: a wrong time');
    like(error_of(evalsha('by_hand', [$hand], 'put', 'g1', gig('g2'))), qr/^ERR gig: /, 'by hand: another id');
    my $out = `redis-cli -s $dir/redis.sock --eval $root/docs/examples/publish.lua '$hand' , put cli '{"id":"cli","status":"published"}' 2>&1`;
    like($out, qr/^published\n/, 'by hand with redis-cli');
    $out = `redis-cli -s $dir/redis.sock --eval $root/docs/examples/publish.lua '$hand' , del cli 2>&1`;
    like($out, qr/^published\n/, 'and off again');
};

subtest 'publish: many at once' => sub {
    r('FLUSHALL');
    my $n = 6000;
    my $padding = 'x' x 3000;
    my @batch = map { ('put', "gig-$_", gig("gig-$_", description_text => $padding)) } 1 .. $n;
    my $begin = time;
    is(publish($zeros, @batch)->[3], $n, "$n records");
    my $first = time - $begin;
    is_deeply([map { $_->[1] } @{ r('XRANGE', "${P}changes", '-', '+') }], [['v', 1, 'op', 'load', 'id', '']], 'one load in changes');
    is(r('HGET', "${P}catalog", 'digest'), digest_now($P), 'the digest');

    @batch = map { ('put', "gig-$_", gig("gig-$_", rev => 'next', description_text => $padding)) } 1 .. $n;
    $begin = time;
    is(publish('', @batch)->[1], 2, 'all of them changed');
    my $second = time - $begin;
    is(r('HGET', "${P}catalog", 'digest'), digest_now($P), 'the digest');
    diag(sprintf '%d records of 3 KB in one call: %.2f s new, %.2f s changed (client included)', $n, $first, $second);
    cmp_ok($first, '<', 5, 'no call comes near the time after which Redis answers BUSY');
    cmp_ok($second, '<', 5, 'nor does a change of all');
};


# ---- The judge

subtest 'judge: the order of its checks' => sub {
    fresh(application_cap => 1, on_full => 'close');
    my $line = r('HGET', "${P}judge", 'g1');
    is_deeply([@{ judge() }[0 .. 4]], ['nonce-1', 'accepted', 'reserved', '', '1000'], 'accepted');
    cmp_ok(abs(judge()->[5] / 1000 - time), '<', 5, 'with the clock in ms');

    is(verdict(judge(id => 'I2', who => 'w2')), 'full', 'the only seat is taken: full');
    is(verdict(judge(id => 'I2', who => 'w1')), 'full', 'for the one who has it as well');
    is(verdict(judge()), 'replay', 'the first answer again although it is full');
    is_deeply([@{ judge(print => 'p2', at => 2000) }[1 .. 4]], ['conflict', '', '', '1000'], 'other content: conflict, and when the first came');
    is_deeply([map { verdict(judge(mode => 'ask', %$_)) } {}, { print => 'p2' }, { id => 'I2', who => 'w2' }, { id => 'I2', gig => 'none' }],
        [qw(replay conflict fresh fresh)], 'asked, it says what it knows');
    is_deeply([@{ judge(id => 'I7', who => 'w1', flags => 'replaces') }[1 .. 3]], ['accepted', 'reserved', 'duplicate'], 'who proved to have the seat keeps it');
    is_deeply([verdict(judge(id => 'I8', who => 'w2', flags => 'replaces')), r('XLEN', "${P}applications")], ['full', 2], 'who has none gets none by that, and nobody asking gets in');
    is(verdict(judge(id => 'I3', gig => 'none')), 'unknown', 'unknown');

    r('HSET', "${P}judge", 'g1', '4000000000,,1,close,,published');
    is(verdict(judge(id => 'I2', who => 'w2')), 'unopened', 'not open yet comes before full');
    is(verdict(judge()), 'replay', 'replay comes before not open');
    r('HSET', "${P}judge", 'g1', ',1000,1,close,,published');
    is(verdict(judge(id => 'I2', who => 'w2')), 'closed', 'closed comes before full');
    is(verdict(judge()), 'replay', 'replay comes before closed');
    my $now = r('TIME')->[0];
    r('HSET', "${P}judge", 'g1', "$now," . ($now + 1000) . ',,close,,published');
    is(verdict(judge(id => 'I4', who => 'w4')), 'accepted', 'opens this second: open');
    r('HSET', "${P}judge", 'g1', ",$now,,close,,published");
    is(verdict(judge(id => 'I5', who => 'w5')), 'closed', 'closes this second: closed');
    for ([paused => 'closed'], [withdrawn => 'closed'], [draft => 'unknown']) {
        r('HSET', "${P}judge", 'g1', ",,,close,,$_->[0]");
        is(verdict(judge(id => 'I5', who => 'w5')), $_->[1], "$_->[0]: $_->[1]");
    }

    r('HSET', "${P}judge", 'g1', $line);
    is_deeply([@{ withdraw('I1') }], ['nonce-1', 'withdrawn'], 'withdrawn');
    is(verdict(judge()), 'withdrawn', 'withdrawn comes before replay');
    is(verdict(judge(print => 'p2')), 'withdrawn', 'and before conflict');
    is(verdict(judge(id => 'I6', who => 'w6')), 'full', 'a withdrawal frees nothing before it is settled');

    r('DEL', "${P}ready");
    for ([id => 'I1'], [gig => 'none'], [id => 'I9']) {
        is_deeply([@{ judge(@$_) }[0, 1]], ['', 'notready'], "no ready comes before all (@$_)");
    }
    is_deeply(withdraw('I1'), ['', 'notready'], 'for a withdrawal as well');
};

subtest 'judge: refusals write nothing, acceptance all' => sub {
    fresh(application_cap => 1, on_full => 'close');
    r('HSET', "${P}judge", 'late', ',1,,close,,published', 'early', '4000000000,,,close,,published', 'bad', 'x');
    judge();
    my $before = everything($P, 1);
    judge(id => 'N', who => 'n', gig => $_) for 'g1', 'late', 'early', 'none';
    judge(print => 'p2');
    judge();
    like(error_of(judge(id => 'N', gig => 'bad')), qr/^ERR gig: .*damaged/, 'a damaged judge line is an error');
    like(error_of(judge(id => 'N', mode => 'dead')), qr/^ERR gig: /, 'so is an unknown mode');
    like(error_of(judge(id => 'N', at => '-1')), qr/^ERR gig: /, 'a time that is none');
    like(error_of(judge(id => 'N', ttl => 0)), qr/^ERR gig: /, 'a TTL of 0');
    like(error_of(evalsha('judge', [keys_of('ready')], 'live')), qr/^ERR gig: judge takes 4 keys/, 'another form of the call');
    like(error_of(evalsha('withdraw', [], 'live')), qr/^ERR gig: withdraw takes 1 key/, 'of withdraw, too');
    is(everything($P, 1), $before, 'nothing was written');

    my ($entry) = @{ entries() };
    is_deeply($entry->[1], { id => 'I1', op => 'apply', gig => 'g1', rev => 'r', at => 1000, node => 'n', who => 'w1',
        print => 'p1', seat => 'reserved', flags => '', box => "\0box\r\n" }, 'the entry, its box byte for byte');
    is_deeply(id_hash('I1'), { gig => 'g1', who => 'w1', print => 'p1', seat => 'reserved', flags => '', at => 1000,
        'apply:p1' => $entry->[0] }, 'what is remembered');
    is(r('GET', "${P}who:g1:w1"), 'I1', 'the applicant');
    is(seats(), '0,0,1,full', 'the seat');
    is_deeply(told(), ['g1 full'], 'and the edges are told');
    cmp_ok(r('TTL', "${P}$_"), '>', 900, "$_ expires") for 'id:I1', 'who:g1:w1';

    withdraw('I1');
    withdraw('I1');
    withdraw('Unknown');
    is_deeply([map { $_->[1] } @{ entries() }[1, 2]], [
        { id => 'I1', op => 'withdraw', gig => 'g1', at => 2000, node => 'n', who => 'w1', print => 'p1' },
        { id => 'Unknown', op => 'withdraw', gig => '', at => 2000, node => 'n', who => '', print => '' }],
        'a withdrawal is one entry, also of an unknown id');
    is(@{ entries() }, 3, 'and not two');
    is(verdict(judge(id => 'Unknown', who => 'u', gig => 'g1')), 'withdrawn', 'what comes after its withdrawal is withdrawn');
};

subtest 'judge: one seat an applicant' => sub {
    fresh(application_cap => 2, on_full => 'waitlist');
    is(verdict(judge(id => "D$_", print => "d$_")), 'accepted', "application $_ of one applicant") for 1 .. 5;
    is(seats(), '0,0,1,open', 'they share one seat');
    is_deeply([map { $_->[1]{flags} } @{ entries() }], ['', ('duplicate') x 4], 'later ones are flagged');
    is_deeply([map { $_->[1]{seat} } @{ entries() }], [('reserved') x 5], 'with the word of a first');
    is(judge(id => 'E', who => 'e')->[2], 'reserved', 'the second seat');
    my ($known, $stranger) = (judge(id => 'D6', print => 'd6'), judge(id => 'F', who => 'f'));
    is_deeply([@$known[1, 2]], ['accepted', 'waitlisted'], 'full: the applicant waits');
    is_deeply([@$stranger[1, 2]], [@$known[1, 2]], 'just as a stranger does');
    is_deeply(told(), ['g1 waitlist'], 'told once');
    settle([], [['g1', 0, 1]]);
    is(seats(), '0,1,2,waitlist', 'the counts are the system of record\'s');
    r('HSET', "${P}seats", 'g1', '0,1,0,waitlist');
    is(judge(id => 'G', who => 'g')->[2], 'waitlisted', 'as long as someone waits, all wait');
};


# ---- Settle

subtest 'settle' => sub {
    fresh(application_cap => 1, on_full => 'close');
    judge();
    my ($entry) = @{ entries() };
    r('XREADGROUP', 'GROUP', 'sync', 'c', 'COUNT', 10, 'STREAMS', "${P}applications", '>');
    my @record = ($entry->[0], 'apply', 'I1', 'p1', 'n', 'g1', 'w1', 'confirmed');

    for (['another id', 2, 'I2'], ['another print', 3, 'p2'], ['another op', 1, 'withdraw']) {
        my ($name, $at, $value) = @$_;
        my @other = @record;
        $other[$at] = $value;
        r('COPY', "${P}seats", "${P}copy", 'REPLACE');
        is_deeply(settle([[@other]]), [0, 0], "an entry that holds $name is left");
        is(@{ entries() }, 1, 'in the stream');
        is(r('XPENDING', "${P}applications", 'sync')->[0], 1, 'and pending');
        r('DEL', keys_of('id:I2'));
        r('HDEL', "${P}id:I1", 'apply:p2', 'withdrawn', 'withdraw:');
        r('SET', "${P}who:g1:w1", 'I1');
    }

    is_deeply(settle([[@record]], [['g1', 1, 0]], [['I1', 'in_review,1700000000 received,1699999999']]), [1, 0], 'settled; still full');
    is(seats(), '1,0,0,full', 'held became confirmed');
    is(@{ entries() }, 0, 'the entry is gone');
    is(r('XPENDING', "${P}applications", 'sync')->[0], 0, 'and acknowledged');
    is(id_hash('I1')->{'apply:p1'}, 'settled', 'the record says settled');
    is(id_hash('I1')->{outcome}, 'confirmed', 'the outcome');
    is(id_hash('I1')->{seat}, 'reserved', 'the first word stays');
    is(r('HGET', "${P}stages", 'I1'), 'in_review,1700000000 received,1699999999', 'the stages');
    is_deeply(r('XRANGE', "${P}settled", '-', '+')->[-1][1], ['op', 'apply', 'id', 'I1', 'print', 'p1', 'node', 'n'], 'settled names it');
    my $before = everything($P, 1);
    $before =~ s/^settled .*$//m;
    is_deeply(settle([[@record]], [['g1', 1, 0]]), [0, 0], 'a second time');
    (my $after = everything($P, 1)) =~ s/^settled .*$//m;
    is($after, $before, 'changes nothing but settled');
    is(verdict(judge()), 'replay', 'a retry after it is answered as before');

    withdraw('I1');
    my ($second) = @{ entries() };
    is(verdict(judge(id => 'I2', who => 'w2')), 'full', 'withdrawn, not settled: full');
    is_deeply(settle([[$second->[0], 'withdraw', 'I1', 'p1', 'n', 'g1', 'w1', '']], [['g1', 0, 0]]), [1, 1], 'settled: told');
    is_deeply(told(), ['g1 full', 'g1 open'], 'open again');
    is(seats(), undef, 'no line is left of no seats');
    is(r('EXISTS', "${P}who:g1:w1"), 0, 'the applicant is a stranger again');
    is(id_hash('I1')->{who}, undef, 'and of whom it was nothing is left');
    is(verdict(judge(id => 'I2', who => 'w2')), 'accepted', 'the seat is free');
};

subtest 'settle: what Redis has forgotten, and counts' => sub {
    fresh(application_cap => 3, on_full => 'close');
    is_deeply(settle([['5-5', 'apply', 'I7', 'p7', 'n', 'g1', 'w7', 'waitlisted'], ['', 'withdraw', 'I8', '', 'n', '', '', '']]),
        [0, 0], 'entries that are not there');
    is_deeply([@{ id_hash('I7') }{qw(gig who print seat outcome apply:p7)}],
        [qw(g1 w7 p7 waitlisted waitlisted settled)], 'the record is known from now on');
    is(verdict(judge(id => 'I8', who => 'w8')), 'withdrawn', 'the withdrawal as well');
    settle([['', 'apply', 'I9', 'p9', 'n', 'g1', 'w9', 'erased']]);
    is(verdict(judge(id => 'I9', print => 'p9')), 'withdrawn', 'erased is withdrawn');

    judge(id => 'J1', who => 'j1');
    r('HSET', "${P}seats", 'g2', '4,1,0,open', 'g3', '1,0,0,open');
    is_deeply(settle([], [['g1', 2, 0]], [], 0), [0, 1], 'counts of one gig: full, told');
    is(seats('g2'), '4,1,0,open', 'the others are left');
    my $last = r('XREVRANGE', "${P}settled", '+', '-', 'COUNT', 1)->[0][0];
    my $unchanged = everything($P, 1);
    is_deeply(settle([], [['g1', 0, 0], ['g3', 0, 0]], [], '0-0'), [0, -1], 'counts from before something was settled');
    is(everything($P, 1), $unchanged, 'are not written');
    is_deeply(settle([], [['g1', 2, 0], ['g3', 1, 0]], [], $last), [0, 0], 'counts of now are');
    is(seats('g2'), undef, 'counts of all: who is not named has none');
    is(seats('g1'), '2,0,1,full', 'what is held is kept');

    my ($entry) = @{ entries() };
    r('XDEL', "${P}applications", $entry->[0]);
    settle([], [['g1', 2, 0]]);
    is(seats('g1'), '2,0,0,open', 'an empty queue holds nothing: drift does not last');

    my $before = everything($P, 1);
    like(error_of(settle([['x', 'apply', 'I', 'p', 'n', 'g', 'w', '']])), qr/^ERR gig: /, 'an entry that is none');
    like(error_of(settle([['1-1', 'other', 'I', 'p', 'n', 'g', 'w', '']])), qr/^ERR gig: /, 'an op that is none');
    like(error_of(settle([], [['g1', -1, 0]])), qr/^ERR gig: /, 'a count that is none');
    like(error_of(settle([], [], [['I', $_]])), qr/^ERR gig: /, "stages that are none: '" . substr($_, 0, 30) . "'")
        for 'a,b', 'hired', 'hired,', ',1', 'hired,1 ', ' hired,1', 'hired,1  received,1', 'hired,1,2', 'Hired,1', 'hired,-1',
        join ' ', ('in_review,1700000000') x 60;
    like(error_of(settle([], [], [['I', 'hired,0', 'a seat']])), qr/^ERR gig: /, 'a seat that is none');
    like(error_of(settle([], [], [], 1)), qr/^ERR gig: /, 'a WHOLE that is neither 0 nor an id');
    like(error_of(evalsha('settle', [keys_of(@settle_keys)], 'sync', 1, 1, 0, 0, 0)), qr/^ERR gig: /, 'numbers that do not fit');
    is(everything($P, 1), $before, 'write nothing');
};


subtest 'settle: stages and seats, for the receipts' => sub {
    fresh(application_cap => 1, on_full => 'waitlist');
    judge();
    judge(id => 'I2', who => 'w2', print => 'p2');
    my @record = map { [$_->[0], 'apply', @{ $_->[1] }{qw(id print node gig who)}, ''] } @{ entries() };
    $record[1][7] = 'waitlisted';

    settle([], [], [['I2', 'received,7 waitlisted,6', 'confirmed'], ['I9', 'selected,8', 'confirmed']]);
    is(id_hash('I2')->{outcome}, 'confirmed', 'who waited is confirmed');
    cmp_ok(r('TTL', "${P}id:I2"), '>', 0, 'and still forgotten one day');
    is(r('EXISTS', "${P}id:I9"), 0, 'of an id that nobody knows nothing is made');
    is(r('HGET', "${P}stages", 'I9'), 'selected,8', 'but its stage');
    settle(\@record);
    is(id_hash('I2')->{outcome}, 'confirmed', 'settled late with what it was before, it stays so');
    settle([], [], [['I2', 'waitlisted,9', 'waitlisted']]);
    is(id_hash('I2')->{outcome}, 'waitlisted', 'what a person changed by hand is told');
    settle([], [], [['I2']]);
    is(r('HGET', "${P}stages", 'I2'), undef, 'what was erased has no stage');
};


# ---- Random histories of judge, withdraw and settle, against a model

subtest 'a model of the judge' => sub {
    my ($bad, $steps) = (0, 0);
    for my $round (1 .. 12) {
        my $cap = (undef, 0, 1, 2, 5)[rand 5];
        my $on_full = (qw(close waitlist draw))[rand 3];
        fresh(application_cap => $cap, on_full => $on_full);
        my (%id, %who, %confirmed, $waiting);
        $waiting = 0;
        for (1 .. 120) {
            last if $bad > 3;
            $steps++;
            my $what = rand;
            my ($got, $want) = ('', '');
            my $confirmed = scalar keys %confirmed;
            my $held = held_now()->{g1} // 0;

            if ($what < 0.6) {
                my ($n, $w, $p, $mode) = ('I' . int rand 25, 'w' . int rand 8, 'p' . int rand 2, rand() < 0.2 ? 'ask' : 'live');
                $w = $id{$n}{who} if $id{$n} && $id{$n}{who};
                my $full = defined $cap && ($waiting > 0 || $confirmed + $held >= $cap);
                my $known = $id{$n};
                my $flags = rand() < 0.3 ? 'replaces' : '';
                my $has = $flags && $who{$w} && $id{ $who{$w} }{seat};
                my @want
                    = $known && $known->{withdrawn} ? ('withdrawn', '')
                    : $known && $known->{print} eq $p ? ('replay', $known->{seat})
                    : $known ? ('conflict', '')
                    : $mode eq 'ask' ? ('fresh', '')
                    : $has ? ('accepted', $has)
                    : $full && $on_full eq 'close' ? ('full', '')
                    :                                ('accepted', $full ? 'waitlisted' : 'reserved');
                my $answer = judge(id => $n, who => $w, print => $p, mode => $mode, flags => $flags);
                ($got, $want) = ("@$answer[1, 2] $answer->[3]", "@want "
                    . ($want[0] eq 'accepted' && $who{$w} ? 'duplicate' : $want[0] eq 'replay' ? $known->{flags} : ''));
                if ($want[0] eq 'accepted') {
                    $id{$n} = { who => $w, print => $p, seat => $want[1], flags => $who{$w} ? 'duplicate' : '' };
                    $who{$w} //= $n;
                }
            } elsif ($what < 0.7) {
                my $n = 'I' . int rand 25;
                withdraw($n);
                $id{$n}{withdrawn} = 1;
            } else {
                # The system of record: confirms up to the cap, one seat an applicant.
                my @records;
                for (@{ entries() }) {
                    last if rand() < 0.3;
                    my ($number, $f) = @$_;
                    my $outcome = '';
                    if ($f->{op} eq 'withdraw') {
                        delete $confirmed{ $f->{who} };
                        delete $who{ $f->{who} } if $f->{who} && ($who{ $f->{who} } // '') eq $f->{id};
                    } elsif ($confirmed{ $f->{who} } || !defined $cap || keys %confirmed < $cap) {
                        $confirmed{ $f->{who} } = 1;
                        $outcome = 'confirmed';
                    } else {
                        $outcome = 'over';
                    }
                    push @records, [$number, @$f{qw(op id print node gig who)}, $outcome];
                }
                $waiting = rand() < 0.2 ? int rand 2 : 0;
                settle(\@records, [['g1', scalar keys %confirmed, $waiting]]);
            }

            my ($c, $w, $h, $state) = split /,/, seats() // '0,0,0,open';
            $confirmed = scalar keys %confirmed;
            my $full = defined $cap && ($waiting > 0 || $confirmed + $h >= $cap);
            my $right = $full ? $on_full eq 'close' ? 'full' : 'waitlist' : 'open';
            my $last = (map { /^g1 (.*)/ } @{ told() })[-1] // 'open';
            next if $got eq $want && $c == $confirmed && $w == $waiting && $h == (held_now()->{g1} // 0)
                && $last eq $right && $state eq $right;
            # Between settlings the line of a gig of cap 0 that nobody asked about is not there yet.
            next if $got eq $want && defined $cap && $cap == 0 && !defined seats();
            $bad++;
            diag("round $round, cap " . ($cap // 'none') . " $on_full: got '$got', want '$want'; seats $c,$w,$h,$state; held "
                . (held_now()->{g1} // 0) . ", confirmed $confirmed, waiting $waiting, told $last, right $right");
        }
    }
    is($bad, 0, "verdict, counts and what is told are right after each of $steps steps");
};


# ---- Rebuild

subtest 'rebuild' => sub {
    r('FLUSHALL');
    is_deeply(rebuild([], 'begin', 'A'), ['ok'], 'begin');
    is_deeply(rebuild([], 'begin', 'B'), ['busy'], 'another one waits');
    is_deeply(rebuild([], 'finish', 'A', 1, 'n2', $zeros), ['stale'], 'no catalog: no ready');
    my $digest = publish('', 'put', 'g1', gig('g1', capacity => { application_cap => 1, on_full => 'waitlist' }))->[2];
    is_deeply(rebuild([], 'seats', 'A', 2, 'g1', 1, 0), ['lost'], 'a step too far');
    is_deeply(rebuild([], 'seats', 'B', 1, 'g1', 1, 0), ['lost'], 'another fence');
    is_deeply(rebuild([], 'seats', 'A', 1, 'g1', 1, 0), ['ok'], 'seats');
    is_deeply(rebuild([], 'seats', 'A', 1, 'g1', 1, 0), ['lost'], 'the same step twice');
    is_deeply(rebuild(['id:I1', 'who:g1:w1', 'id:I2', 'who:g1:w2', 'id:I3', 'who::'], 'known', 'A', 2, 1000,
            known('apply', 'I1', 'p1', 'g1', 'w1', 'confirmed', 0), known('apply', 'I2', 'p2', 'g1', 'w2', 'waitlisted', 1),
            known('withdraw', 'I3', '', '', '', '', 1)), ['ok'], 'known');
    is_deeply(rebuild([], 'stages', 'A', 3, 'I1', 'selected,6000 received,5'), ['ok'], 'stages');
    is(verdict(judge()), 'notready', 'until ready nobody judges');
    is_deeply(rebuild([], 'finish', 'A', 4, 'n2', $zeros), ['stale'], 'another digest: no ready');
    is_deeply(rebuild([], 'finish', 'A', 4, 'n2', $digest), ['ready'], 'finish');
    is(r('EXISTS', "${P}rebuild"), 0, 'the fence is gone');
    is_deeply(told(), ['g1 waitlist'], 'what the seats mean is told');
    is_deeply([@{ judge() }[0 .. 4]], ['n2', 'replay', 'reserved', '', '5000'], 'a delivered one is answered as at first');
    is(id_hash('I1')->{'apply:p1'}, 'settled', 'and settled');
    is(verdict(judge(id => 'I2', print => 'p2', who => 'w2')), 'withdrawn', 'a withdrawn one');
    is(verdict(judge(id => 'I3')), 'withdrawn', 'a tombstone alone');
    is(judge(id => 'I4', who => 'w1')->[3], 'duplicate', 'the applicant is known');
    is(r('EXISTS', "${P}who:g1:w2"), 0, 'the withdrawn one is not');
    is(r('HGET', "${P}stages", 'I1'), 'selected,6000 received,5', 'the stages');
    is_deeply(rebuild([], 'begin', 'C'), ['ready'], 'nothing more to rebuild');
};

subtest 'rebuild: lost on the way' => sub {
    # After every step of the chain, FLUSHALL: what follows must not make it ready.
    my @chain = (
        sub { rebuild([], 'begin', 'A') },
        sub { publish('', 'put', 'g1', gig('g1')); ['ok'] },
        sub { rebuild([], 'seats', 'A', 1, 'g1', 1, 0) },
        sub { rebuild(['id:I1', 'who:g1:w1'], 'known', 'A', 2, 1000, known('apply', 'I1', 'p1', 'g1', 'w1', 'confirmed', 0)) },
        sub { rebuild([], 'finish', 'A', 3, 'n', sha1_hex('g:g1:rev-g1')) });
    for my $cut (0 .. $#chain - 1) {
        r('FLUSHALL');
        for (0 .. $#chain) {
            $chain[$_]->();
            r('FLUSHALL') if $_ == $cut;
        }
        is(r('EXISTS', "${P}ready"), 0, "FLUSHALL after step $cut: not ready");
    }
    r('FLUSHALL');
    $_->() for @chain;
    is(r('EXISTS', "${P}ready"), 1, 'uncut it is');

    r('DEL', "${P}ready");
    $_->() for @chain[0, 1];
    my ($fence, $step, $moved) = split / /, r('GET', "${P}rebuild");
    r('SET', "${P}rebuild", "$fence $step " . ($moved - 10));
    is_deeply(rebuild([], 'begin', 'B'), ['ok'], 'one that has not moved for 10 s is taken over');
    is_deeply($chain[2]->(), ['lost'], 'and has lost its turn');

    # Only `ready` was lost: what is queued is still held.
    fresh(application_cap => 2, on_full => 'close');
    judge();
    r('DEL', "${P}ready");
    rebuild([], 'begin', 'A');
    rebuild([], 'seats', 'A', 1, 'g1', 1, 0);
    is_deeply(rebuild([], 'finish', 'A', 2, 'n', r('HGET', "${P}catalog", 'digest')), ['ready'], 'finish');
    is(seats(), '1,0,1,full', 'held is kept, and full with it');

    r('DEL', "${P}ready");
    rebuild([], 'begin', 'A');
    my $before = everything($P, 1);
    for (['seats', 'A', 1, 'g1', 1], ['seats', 'A', 1, 'g1', 'x', 0], ['known', 'A', 1, 0], ['known', 'A', 1, 9, 'apply'],
        ['stages', 'A', 1, 'I', 'a,b'], ['finish', 'A', 1, '', $zeros], ['finish', 'A', 1, 'x' x 64, $zeros], ['other', 'A', 1],
        ['begin', 'a b'], ['begin'])
    {
        like(error_of(rebuild([], @$_)), qr/^ERR gig: /, "wrong: @$_");
    }
    is(everything($P, 1), $before, 'and nothing was written');
};


# ---- A broken Redis

# Each key in turn is of a wrong type: the script ends with an error and has written nothing.
subtest 'keys of a wrong type' => sub {
    my @cases = (
        [judge => ['ready', 'judge', 'seats', 'id:N', 'who:g1:n', 'applications', 'changes', 'catalog'],
            sub { judge(id => 'N', who => 'n') }],
        [withdraw => ['ready', 'id:I1', 'applications'], sub { withdraw('I1') }],
        [publish => [@publish_keys], sub { publish('', 'put', 'g2', gig('g2'), 'del', 'g1', '', 'form', 'f', '{"id":"f","rev":1}') }],
        [settle => [@settle_keys, 'id:I1', 'who:g1:w1', 'id:I9'],
            sub { settle([[$_[0], 'apply', 'I1', 'p1', 'n', 'g1', 'w1', 'confirmed']], [['g1', 1, 0]], [['I9', 'hired,1', 'confirmed']]) }],
        [rebuild => [qw(rebuild seats judge changes stages catalog)], sub { r('DEL', "${P}ready"); rebuild([], 'begin', 'A') }],
        ['rebuild known', [qw(id:N who:g1:n)], sub { rebuild(['id:N', 'who:g1:n'], 'known', 'A', 1, 100, known('apply', 'N', 'p', 'g1', 'n', '', 0)) }],
        ['by hand' => [@publish_keys[0, 2 .. 5]], sub { evalsha('by_hand', [$P], 'put', 'g2', gig('g2')) }],
    );
    for (@cases) {
        my ($name, $names, $call) = @$_;
        for my $key (@$names) {
            fresh(application_cap => 2, on_full => 'close');
            judge();
            my $entry = entries()->[0][0];
            if ($name eq 'rebuild known') {
                r('DEL', "${P}ready");
                rebuild([], 'begin', 'A');
            }
            r('DEL', "$P$key");
            r('LPUSH', "$P$key", 'x');
            r('DEL', "${P}ready") if $name eq 'rebuild';
            my $before = everything($P, 1);
            my $answer = $call->($entry);
            like(error_of($answer), qr/WRONGTYPE/, "$name: $key is a list");
            is(everything($P, 1), $before, 'and nothing was written') or diag(everything($P, 1));
        }
    }
};

subtest 'out of memory' => sub {
    fresh(application_cap => 5);
    judge();
    my $entry = entries()->[0][0];
    my $before = everything($P, 1);
    r('CONFIG', 'SET', 'maxmemory', 1);
    for (['judge', sub { judge(id => 'N', who => 'n') }], ['withdraw', sub { withdraw('I1') }],
        ['publish', sub { publish('', 'put', 'g2', gig('g2')) }], ['by hand', sub { evalsha('by_hand', [$P], 'del', 'g1') }],
        ['rebuild', sub { rebuild([], 'begin', 'A') }])
    {
        like(error_of($_->[1]->()), qr/^OOM /, "$_->[0] is refused");
    }
    is(everything($P, 1), $before, 'before anything was written');
    is_deeply(settle([[$entry, 'apply', 'I1', 'p1', 'n', 'g1', 'w1', 'confirmed']], [['g1', 1, 0]]), [1, 0], 'settle empties the queue');
    is(@{ entries() }, 0, 'it is empty');
    r('CONFIG', 'SET', 'maxmemory', 0);
    is(verdict(judge(id => 'N', who => 'n')), 'accepted', 'memory again: accepted');
};

subtest 'scripts forgotten' => sub {
    fresh();
    r('SCRIPT', 'FLUSH');
    like(error_of(judge()), qr/^NOSCRIPT/, 'after SCRIPT FLUSH');
    my $answer = ask($main, 'EVAL', $text{judge}, 4, keys_of('id:I1', 'who:g1:w1', 'seats', 'changes'), $P,
        qw(live I1 g1 r 1 n w1 p1), '', 'box', '', 100);
    is(verdict($answer), 'accepted', 'the text does it');
    is(verdict(judge()), 'replay', 'and the hash again');
    r('SCRIPT', 'LOAD', $text{$_}) for keys %text;
};


# ---- Rights

subtest 'a stolen edge reads no application' => sub {
    fresh(application_cap => 5);
    my ($edge, $sync) = (connection(), connection());
    is(ask($edge, 'AUTH', 'edge', 'CHANGE-ME'), 'OK', 'the edge logs in');
    is(ask($sync, 'AUTH', 'sync', 'CHANGE-ME'), 'OK', 'gig-sync logs in');

    my @judge = ('EVALSHA', $sha{judge}, 4, keys_of('id:I1', 'who:g1:w1', 'seats', 'changes'), $P,
        qw(live I1 g1 r 1 n w1 p1), '', 'box', '', 100);
    is(verdict(ask($edge, @judge)), 'accepted', 'the edge may judge');
    is(verdict(ask($edge, @judge)), 'replay', 'twice');
    is(ask($edge, 'EVALSHA', $sha{withdraw}, 1, keys_of('id:I1'), $P, 'I1', 1, 'n', 100)->[1], 'withdrawn', 'withdraw');
    for (['PING'], ['SELECT', 0], ['INFO', 'replication'], ['TIME'], ['GET', "${P}ready"], ['HMGET', "${P}gigs", 'g1'],
        ['HMGET', "${P}catalog", 'version', 'digest'], ['HSCAN', "${P}gigs", 0, 'COUNT', 100], ['HGETALL', "${P}seats"], ['HGET', "${P}forms", 'f'],
        ['XREAD', 'COUNT', 1, 'STREAMS', "${P}changes", "${P}settled", 0, 0], ['XRANGE', "${P}changes", '-', '+'],
        ['XREVRANGE', "${P}changes", '+', '-', 'COUNT', 1], ['HSET', "${P}nodes", 'n', '{}'], ['HINCRBY', "${P}visits", 'a b', 1],
        ['HGETALL', "${P}id:I1"], ['HGET', "${P}stages", 'I1'])
    {
        is(error_of(ask($edge, @$_)), '', "the edge may: @$_");
    }
    my $a = "${P}applications";
    for (['XRANGE', $a, '-', '+'], ['XREVRANGE', $a, '+', '-'], ['XREAD', 'STREAMS', $a, 0],
        ['XREADGROUP', 'GROUP', 'sync', 'x', 'STREAMS', $a, '>'], ['XINFO', 'STREAM', $a, 'FULL'], ['DUMP', $a], ['COPY', $a, "${P}id:x"],
        ['RENAME', $a, "${P}id:x"], ['XAUTOCLAIM', $a, 'sync', 'x', 0, 0], ['XDEL', $a, '1-1'], ['XTRIM', $a, 'MAXLEN', 0], ['DEL', $a],
        ['GET', 'other'], ['HGET', 'gig:{other}:gigs', 'x'], ['HSET', "${P}gigs", 'g1', '{}'], ['HSET', "${P}judge", 'g1', 'x'],
        ['HSET', "${P}catalog", 'version', 9], ['SET', "${P}ready", 'x'], ['SET', "${P}rebuild", 'x'], ['XADD', "${P}settled", '*', 'a', 'b'],
        ['XADD', "${P}dead", '*', 'a', 'b'], ['KEYS', '*'], ['SCAN', 0], ['CONFIG', 'GET', '*'], ['FLUSHALL'], ['FLUSHDB'], ['SHUTDOWN'],
        ['ACL', 'LIST'], ['MONITOR'], ['REPLICAOF', 'NO', 'ONE'], ['SLOWLOG', 'GET'], ['CLIENT', 'LIST'],
        ['SCRIPT', 'FLUSH'], ['FUNCTION', 'FLUSH'], ['SORT', $a], ['MIGRATE', 'h', 1, $a, 0, 1], ['PUBLISH', 'c', 'm'], ['SUBSCRIBE', 'c'])
    {
        like(error_of(ask($edge, @$_)), qr/^NOPERM/, "the edge may not: @$_[0 .. ($#$_ > 1 ? 1 : $#$_)]");
    }
    for (['KEYS', q{return redis.call('XRANGE', KEYS[1], '-', '+')}, 1, $a], ['ARGV', q{return redis.call('XRANGE', ARGV[1], '-', '+')}, 0, $a],
        ['a group', q{return redis.call('XREADGROUP', 'GROUP', 'sync', 'x', 'STREAMS', ARGV[1], '>')}, 0, $a])
    {
        my ($how, $script, @rest) = @$_;
        like(error_of(ask($edge, 'EVAL', "#!lua\n$script", @rest)), qr/permission|can't access|can't run/, "nor by a script ($how)");
    }

    is(error_of(ask($sync, @$_)), '', "gig-sync may: @$_[0, 1]") for ['XREADGROUP', 'GROUP', 'sync', 'c', 'STREAMS', $a, '>'],
        ['XAUTOCLAIM', $a, 'sync', 'c', 0, 0], ['HSCAN', "${P}gigs", 0], ['XINFO', 'GROUPS', $a], ['XPENDING', $a, 'sync'],
        ['EVALSHA', $sha{publish}, 6, keys_of(@publish_keys), '', 'put', 'g2', gig('g2')],
        ['EVALSHA', $sha{settle}, 7, keys_of(@settle_keys), 'sync', 1, 0, 0, 0, 0],
        ['EVALSHA', $sha{rebuild}, 7, keys_of(@rebuild_keys), 'begin', 'A'];
    like(error_of(ask($sync, @$_)), qr/^NOPERM/, "gig-sync may not: @$_") for ['FLUSHALL'], ['KEYS', '*'], ['CONFIG', 'SET', 'dir', '/'],
        ['GET', 'other'], ['XTRIM', $a, 'MAXLEN', 0], ['ACL', 'LIST'], ['SHUTDOWN'];
};

done_testing;
