package GigTest::Publish;

# Publishing with Redis alone: the project's own publish script by EVAL, without
# gig-sync and without keys, so that a test of the keeper or the catalog has
# nothing else in it.

use strict;
use warnings;

use JSON::PP ();

my $json = JSON::PP->new->utf8->canonical;


sub script {
    my ($test, $name) = @_;
    open my $file, '<', "$GigTest::ROOT/ngx_gig_module/core/lua/$name.lua" or die "$name.lua: $!";
    local $/;
    return scalar <$file>;
}


# Operations: [put => {record}], [del => id], [form => {record}], [formdel => id].
sub operations {
    my ($test, @operations) = @_;
    my $prefix = "gig:{$test->{board}}:";
    my @words;

    for my $operation (@operations) {
        my ($op, $what) = @$operation;
        push @words, $op, ref $what ? ($what->{id}, $json->encode($what)) : ($what, '');
    }

    return $test->{redis}->cmd('EVAL', script($test, 'publish'), 6,
        (map {"$prefix$_"} qw(gigs forms judge seats catalog changes)), '', @words);
}


sub put {
    my ($test, @gigs) = @_;
    return operations($test, map { [put => $_] } @gigs);
}


sub ready {
    my ($test, $nonce) = @_;
    return $test->{redis}->cmd('SET', "gig:{$test->{board}}:ready", $nonce);
}

1;
