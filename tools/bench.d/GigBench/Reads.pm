package GigBench::Reads;

# What can be kept ready: the hot list, one gig, 304, gzip, beside the ways of nginx itself.
# All in one nginx, all loads once in every sample.

use strict;
use warnings;

use GigBench::Board ();
use GigBench::Load qw(interleaved);
use GigBench::Peers ();
use GigBench::Report qw(median);
use GigTest ();

use Exporter qw(import);
our @EXPORT_OK = qw(cost_row);

our @SETS = ([qw(hot-list hot-list-static hot-list-redis hot-list-gzip not-modified one-gig)]);

my $GIGS  = 10_000;
my $LIST  = '/gigs/?format=json';
my @GZIP  = ('Accept-Encoding: gzip');

# name => [what it is measured against, least ratio, load of ours, load of the measure]
my %CASE = (
    'hot-list'        => ['return 200', 1.0,  'list', 'list-return'],
    'hot-list-static' => ['static file', 1.4, 'list', 'list-static'],
    'hot-list-redis'  => ['lua-nginx, Redis GET', 4, 'list', 'list-redis'],
    'hot-list-gzip'   => ['gzip_static', 1.2, 'gzip', 'gzip-static'],
    'not-modified'    => ['return 304', 0.9, '304', '304-return'],
    'one-gig'         => ['return 200', 0.95, 'gig', 'gig-return'],
);


# A row of CPU time per request; samples as interleaved() returns them.
sub cost_row {
    my ($report, $case, $against, $least, $ours, $measure, %more) = @_;
    my @ratio = map { $measure->{us}[$_] / $ours->{us}[$_] } 0 .. $#{ $ours->{us} };
    my $say = sub { my ($s) = @_; return sprintf '%.1f us, %d/s, %d bytes', median(@{ $s->{us} }), median(@{ $s->{rps} }), median(@{ $s->{bytes} }) };
    $report->row(case => $case, ours => $say->($ours), measure => "$against: " . $say->($measure), ratios => \@ratio,
        least => $least, must => $least, samples => { ours => $ours, measure => $measure }, %more);
}


sub run {
    my ($report, @wanted) = @_;
    my $test = GigBench::Board::shared($GIGS);

    # What is to be sent is known only once the board is up.
    GigBench::Board::start($test);
    my $list = $test->get($LIST);
    my ($id) = GigBench::Board::open_ids($test);
    my $gig  = $test->get("/gigs/$id?format=json");
    my $zip  = $test->get($LIST, headers => { 'Accept-Encoding' => 'gzip' });
    my $tag  = $list->{headers}{etag};
    my $not  = $test->get($LIST, headers => { 'If-None-Match' => $tag });
    GigBench::Board::stop($test);

    my %right = (
        list => $list->{status} == 200 && $list->{body} =~ /"gigs":\[\{/ ? '' : 'the list is no list',
        gig  => $gig->{status} == 200 ? '' : 'no gig',
        gzip => ($zip->{headers}{'content-encoding'} // '') eq 'gzip' ? '' : 'the list is not compressed',
        304  => $not->{status} == 304 ? '' : 'no 304',
    );

    my (%http, %server, @modules);
    ($http{list}, $server{list}) = GigBench::Peers::return_200('/list/', $list->{body});
    ($http{gig}, $server{gig})   = GigBench::Peers::return_200('/gig/', $gig->{body});
    $server{304} = GigBench::Peers::return_304('/same/');
    $server{static} = GigBench::Peers::static('/static/', "$test->{dir}/www");
    mkdir "$test->{dir}/www";
    $test->write_file('www/list.json', $list->{body});
    $test->write_file('www/list.json.gz', $zip->{body});
    if (grep { $_ eq 'hot-list-redis' } @wanted) {
        ($http{lua}, $server{lua}) = GigBench::Peers::lua('/lua/', "$test->{dir}/redis.sock", 'bench:list');
        @modules = GigBench::Peers::modules();
        $test->{redis}->cmd('SET', 'bench:list', $list->{body});
    }
    GigBench::Board::start($test, modules => [@modules, "$GigTest::BUILD/ngx_http_gig_module.so"],
        http => join('', values %http), server => "access_log off;\n" . join '', values %server);

    my @not = ("If-None-Match: $tag");
    my %load = (
        'list'        => { path => $LIST },
        'list-return' => { path => '/list/?format=json' },
        'list-static' => { path => '/static/list.json' },
        'list-redis'  => { path => '/lua/?format=json' },
        'gzip'        => { path => $LIST, header => \@GZIP },
        'gzip-static' => { path => '/static/list.json', header => \@GZIP },
        '304'         => { path => $LIST, header => \@not },
        '304-return'  => { path => '/same/?format=json', header => \@not },
        'gig'         => { path => "/gigs/$id?format=json" },
        'gig-return'  => { path => '/gig/?format=json' },
    );

    my %needed;
    for my $case (@wanted) {
        my ($against, $least, $ours, $measure) = @{ $CASE{$case} };
        next if $right{$ours} ne '';
        my $get = sub {
            my ($load) = @_;
            return $test->get($load->{path}, headers => { map { split /: /, $_, 2 } @{ $load->{header} // [] } });
        };
        my ($mine, $theirs) = map { $get->($load{$_}) } $ours, $measure;
        $mine->{status} == $theirs->{status} && length $mine->{body} == length $theirs->{body}
            or die "$case: ours is $mine->{status}, " . length($mine->{body}) . " bytes, the measure $theirs->{status}, "
            . length($theirs->{body}) . " bytes\n";
        @needed{$ours, $measure} = ();
    }

    my %samples = interleaved(map { [$_, $test, %{ $load{$_} }] } grep { exists $needed{$_} } sort keys %load);
    for my $case (@wanted) {
        my ($against, $least, $ours, $measure) = @{ $CASE{$case} };
        if ($right{$ours} eq '') { cost_row($report, $case, $against, $least, $samples{$ours}, $samples{$measure}) }
        else                     { $report->missing($case, $right{$ours}) }
    }
    GigBench::Board::stop($test);
}

1;
